using System.Buffers.Binary;
using Sluice.Buffers;

namespace Sluice.Engine;

/// <summary>Keeps the values of one group, as bytes in segments, to be read again from any of them on.</summary>
/// <remarks>
/// <code>
/// segment 0                                    segment 1
/// | length | value | length | value | -1 | ... | length | value | ...
///                                     no room for the next value: it is in the next segment
/// </code>
/// A length is four bytes, little endian, and never crosses a segment's end; neither does a value that fits into a
/// segment. A longer one goes on in the segments that follow, and is put together when it is read.
/// A position is the offset of a value's length from the start. Ownership: its segments, up to a number, until Dispose;
/// of a cleared buffer it keeps the first. Threading: the task's thread.
/// </remarks>
internal sealed class GroupBuffer : IDisposable
{
    public const int LengthSize = sizeof(int);

    private const int NextSegment = -1;

    private readonly IBufferPool _pool;
    private readonly int _segmentSize;
    private readonly int _mostSegments;
    private readonly CancellationToken _cancellation;
    private readonly List<NetworkBuffer> _segments = [];
    private byte[] _joined = [];

    public GroupBuffer(IBufferPool pool, int segmentSize, int mostSegments, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostSegments, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentSize, LengthSize + 1);
        _pool = pool;
        _segmentSize = segmentSize;
        _mostSegments = mostSegments;
        _cancellation = cancellation;
    }

    /// <summary>Bytes in use, lengths and gaps included: the position behind the last value.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes there is room for in all.</summary>
    public long Room => (long)_mostSegments * _segmentSize;

    /// <summary>Keeps one more value.</summary>
    /// <returns>False when there is no room for it; nothing is changed.</returns>
    public bool TryAppend(ReadOnlySpan<byte> value)
    {
        long start = Length;
        int left = LeftAt(start);
        bool isMoved = left < LengthSize
            || (value.Length > left - LengthSize && value.Length <= _segmentSize - LengthSize);
        long position = isMoved ? start + left : start;
        if (position + LengthSize + value.Length > Room)
        {
            return false;
        }

        if (isMoved && left >= LengthSize)
        {
            BinaryPrimitives.WriteInt32LittleEndian(At(start), NextSegment);
        }

        BinaryPrimitives.WriteInt32LittleEndian(At(position), value.Length);
        position += LengthSize;
        while (!value.IsEmpty)
        {
            Span<byte> target = At(position);
            int count = Math.Min(target.Length, value.Length);
            value[..count].CopyTo(target);
            value = value[count..];
            position += count;
        }

        Length = position;
        return true;
    }

    /// <summary>Reads the value at a position.</summary>
    /// <param name="position">In: where it is. Out: the position behind it.</param>
    /// <returns>Valid until the next call when it is longer than a segment, else until <see cref="Clear"/>.</returns>
    public ReadOnlySpan<byte> Read(scoped ref long position)
    {
        int left = LeftAt(position);
        if (left < LengthSize || BinaryPrimitives.ReadInt32LittleEndian(At(position)) == NextSegment)
        {
            position += left;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(At(position));
        position += LengthSize;
        long start = position;
        position += length;
        if (length == 0)
        {
            return [];
        }

        ReadOnlySpan<byte> first = At(start);
        return length <= first.Length ? first[..length] : Join(start, length);
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        Length = 0;
        for (int i = _segments.Count - 1; i > 0; i--)
        {
            _segments[i].Release();
            _segments.RemoveAt(i);
        }
    }

    public void Dispose()
    {
        Length = 0;
        _segments.ForEach(segment => segment.Release());
        _segments.Clear();
    }

    private ReadOnlySpan<byte> Join(long start, int length)
    {
        if (_joined.Length < length)
        {
            _joined = new byte[length];
        }

        for (int done = 0; done < length;)
        {
            ReadOnlySpan<byte> piece = At(start + done);
            int count = Math.Min(piece.Length, length - done);
            piece[..count].CopyTo(_joined.AsSpan(done));
            done += count;
        }

        return _joined.AsSpan(0, length);
    }

    /// <summary>Bytes from a position to its segment's end; the whole segment at its start.</summary>
    private int LeftAt(long position) => _segmentSize - (int)(position % _segmentSize);

    /// <summary>The memory from a position to its segment's end, which is requested when it is not there yet.</summary>
    private Span<byte> At(long position)
    {
        (long index, long offset) = Math.DivRem(position, _segmentSize);
        if (index == _segments.Count)
        {
            _segments.Add(_pool.Request(_cancellation));
        }

        return _segments[(int)index].Span[(int)offset..];
    }
}
