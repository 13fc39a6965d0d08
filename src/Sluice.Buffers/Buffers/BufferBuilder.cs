using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>The write end of a buffer that others read while it is still being filled.</summary>
/// <remarks>
/// Ownership: the builder takes over the handle it is made from and gives the reference back when it is disposed, or
/// hands it on with <see cref="HandOver"/>. Consumers have references of their own and may outlive it.
/// Threading: one writer, who calls everything here; consumers read on other threads. What they may see moves only with
/// <see cref="Commit"/>, in one write, so a record is never seen in part.
/// </remarks>
public sealed class BufferBuilder : IDisposable
{
    private readonly NetworkBuffer _buffer;
    private readonly MemorySegment _segment;
    private int _length;
    private bool _isGone;

    /// <summary>
    /// Committed bytes, or their complement once the buffer is finished: both in one word, so they are seen together.
    /// </summary>
    private int _published;

    /// <param name="buffer">A buffer that nobody else writes; its length is set anew when the builder finishes.</param>
    /// <exception cref="BufferMisuseException">The handle is not live.</exception>
    public BufferBuilder(NetworkBuffer buffer)
    {
        _segment = buffer.Segment;
        _buffer = buffer;
    }

    /// <summary>Bytes the buffer can hold.</summary>
    public int Size => _segment.Size;

    /// <summary>Bytes appended, committed or not.</summary>
    public int Length => _length;

    /// <summary>Bytes that still fit.</summary>
    public int Room => _segment.Size - _length;

    /// <summary>Bytes that consumers see.</summary>
    public int Committed => Published.Committed;

    /// <summary>Whether nothing more will be appended.</summary>
    public bool IsFinished => Published.IsFinished;

    /// <summary>What consumers may see, read at one moment.</summary>
    internal (int Committed, bool IsFinished) Published
    {
        get
        {
            int published = Volatile.Read(ref _published);
            return published < 0 ? (~published, true) : (published, false);
        }
    }

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
        ThrowIfFinished();
        if (bytes.Length > Room)
        {
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

    /// <summary>Lets consumers see all that was appended.</summary>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public void Commit()
    {
        ThrowIfFinished();
        Volatile.Write(ref _published, _length);
    }

    /// <summary>Commits, says that nothing follows, and sets the buffer's length. Exactly once.</summary>
    /// <exception cref="InvalidOperationException">The builder is finished.</exception>
    public void Finish()
    {
        ThrowIfFinished();
        FinishAt(_length);
    }

    /// <summary>Finishes if that was not done, and gives the builder's own reference to the caller.</summary>
    /// <returns>The buffer with its length set; the caller releases it.</returns>
    /// <exception cref="ObjectDisposedException">The builder has given its reference away before.</exception>
    public NetworkBuffer HandOver()
    {
        ObjectDisposedException.ThrowIf(_isGone, this);
        if (!IsFinished)
        {
            FinishAt(_length);
        }

        _isGone = true;
        return _buffer;
    }

    /// <summary>A further reader with its own reference.</summary>
    /// <param name="position">From which byte on it reads; at most what is committed.</param>
    /// <exception cref="ObjectDisposedException">The builder has given its reference away.</exception>
    public BufferConsumer CreateConsumer(int position = 0)
    {
        ObjectDisposedException.ThrowIf(_isGone, this);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Committed);
        return new BufferConsumer(this, _buffer.Retain(), position);
    }

    /// <summary>
    /// Gives the reference back. Without <see cref="Finish"/> before, consumers find the end at what was committed
    /// last. Further calls do nothing.
    /// </summary>
    public void Dispose()
    {
        if (_isGone)
        {
            return;
        }

        if (!IsFinished)
        {
            FinishAt(Committed);
        }

        _isGone = true;
        _buffer.Release();
    }

    private void FinishAt(int length)
    {
        Debug.Assert(length >= Committed, "What consumers have seen is not taken back.");
        _buffer.SetLength(length);
        Volatile.Write(ref _published, ~length);
    }

    private void ThrowIfFinished()
    {
        if (_published < 0)
        {
            throw new InvalidOperationException($"The builder is finished at {~_published} bytes; nothing can follow.");
        }
    }
}
