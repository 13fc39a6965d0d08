using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>The write end of a buffer that others read while it is still being filled.</summary>
/// <remarks>
/// Ownership: the builder takes over the reference of the handle it is made from, which is stale from then on; it gives
/// the reference back when it is disposed, or hands it on with <see cref="HandOver()"/>. Consumers have references of
/// their own and may outlive it.
/// Threading: one writer, who calls everything here; consumers read on other threads. What they may see moves only with
/// <see cref="Commit"/>, in one write, so a record is never seen in part. Appending costs a copy; a commit costs a
/// memory fence once there are consumers, so commit by the batch.
/// </remarks>
public sealed class BufferBuilder : IDisposable
{
    private readonly MemorySegment _segment;
    private readonly int _size;
    private readonly NetworkBuffer _buffer;
    private int _length;
    private int _committed;

    /// <summary>Up to where may be appended: the size, or less than nothing once the builder is finished.</summary>
    private int _limit;

    private bool _isGone;

    /// <summary>What the consumers look at; null as long as there was none.</summary>
    private BufferProgress? _progress;

    /// <param name="buffer">
    /// A buffer that nobody else writes. Its positions are set anew; its data type stays.
    /// </param>
    /// <param name="holder">Who holds it from now on, as messages name it.</param>
    /// <exception cref="BufferMisuseException">The handle is not live.</exception>
    public BufferBuilder(NetworkBuffer buffer, string holder = "builder")
    {
        _buffer = buffer.HandOver(holder);
        _buffer.Clear();
        _segment = _buffer.Segment;
        _size = _segment.Size;
        _limit = _size;
    }

    /// <summary>Bytes the buffer can hold.</summary>
    public int Size => _size;

    /// <summary>Bytes appended, committed or not.</summary>
    public int Length => _length;

    /// <summary>Bytes that still fit.</summary>
    public int Room => _size - _length;

    /// <summary>Bytes that consumers see.</summary>
    public int Committed => _committed;

    /// <summary>Whether nothing more will be appended.</summary>
    public bool IsFinished => _limit < 0;

    /// <summary>Appends as much as fits.</summary>
    /// <returns>How many bytes were appended; fewer than given when the buffer is full.</returns>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        ThrowIfFinished();
        int count = Math.Min(bytes.Length, Room);
        bytes[..count].CopyTo(_segment.Slice(_length, count));
        _length += count;
        return count;
    }

    /// <summary>Appends all or nothing.</summary>
    /// <returns>False when it does not fit.</returns>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _limit - _length)
        {
            ThrowIfFinished();
            return false;
        }

        bytes.CopyTo(_segment.Slice(_length, bytes.Length));
        _length += bytes.Length;
        return true;
    }

    /// <summary>
    /// The bytes that are not used yet, to be filled in place and made known with <see cref="Advance"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public Span<byte> GetSpan()
    {
        ThrowIfFinished();
        return _segment.Slice(_length, Room);
    }

    /// <summary>Counts bytes that were filled in place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than there is room.</exception>
    public void Advance(int count)
    {
        ThrowIfFinished();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Room);
        _length += count;
    }

    /// <summary>Lets consumers see all that was appended, and wakes those who wait for it.</summary>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public void Commit()
    {
        ThrowIfFinished();
        if (_committed != _length)
        {
            _committed = _length;
            _progress?.Commit(_length);
        }
    }

    /// <summary>Commits, says that nothing follows, and sets the buffer's length. Exactly once.</summary>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public void Finish()
    {
        ThrowIfFinished();
        FinishAt(_length, isAbandoned: false);
    }

    /// <summary>Finishes if that was not done, and gives the builder's own reference to the caller.</summary>
    /// <returns>The buffer with its length set; the caller releases it.</returns>
    /// <exception cref="ObjectDisposedException">The builder has given its reference away before.</exception>
    public NetworkBuffer HandOver()
    {
        ObjectDisposedException.ThrowIf(_isGone, this);
        if (!IsFinished)
        {
            FinishAt(_length, isAbandoned: false);
        }

        _isGone = true;
        return _buffer;
    }

    /// <inheritdoc cref="HandOver()"/>
    /// <param name="holder">Who holds it from now on, as messages name it.</param>
    public NetworkBuffer HandOver(string holder) => HandOver().HandOver(holder);

    /// <summary>A further reader with its own reference.</summary>
    /// <param name="position">From which byte on it reads; at most what is committed.</param>
    /// <param name="holder">Who holds the reference, as messages name it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative or behind what is committed.</exception>
    /// <exception cref="BufferMisuseException">All ten places of the buffer are held.</exception>
    /// <exception cref="ObjectDisposedException">The builder has given its reference away.</exception>
    public BufferConsumer CreateConsumer(int position = 0, string holder = "consumer")
    {
        ObjectDisposedException.ThrowIf(_isGone, this);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _committed);
        NetworkBuffer reference = _buffer.Retain(holder);
        return new BufferConsumer(Progress(), reference, position);
    }

    /// <summary>
    /// Gives the reference back. Without <see cref="Finish"/> before, consumers find the end at what was committed last
    /// and see that it is <see cref="BufferConsumer.IsAbandoned"/>. Further calls do nothing.
    /// </summary>
    public void Dispose()
    {
        if (_isGone)
        {
            return;
        }

        if (!IsFinished)
        {
            FinishAt(_committed, isAbandoned: true);
        }

        _isGone = true;
        _buffer.Release();
    }

    private void FinishAt(int length, bool isAbandoned)
    {
        Debug.Assert(length >= _committed, "What consumers have seen is not taken back.");
        _buffer.SetLength(length);
        _length = length;
        _committed = length;
        _limit = -1;
        _progress?.Finish(length, isAbandoned);
    }

    private BufferProgress Progress()
    {
        if (_progress is null)
        {
            _progress = new BufferProgress(_committed);
            if (IsFinished)
            {
                _progress.Finish(_committed, isAbandoned: false);
            }
        }

        return _progress;
    }

    private void ThrowIfFinished()
    {
        if (IsFinished)
        {
            ThrowFinished();
        }
    }

    [DoesNotReturn]
    private void ThrowFinished() => throw new InvalidOperationException(
        $"The builder of a buffer is finished at {_length} of {_size} bytes; nothing can follow. "
        + "Request another buffer for more.");
}
