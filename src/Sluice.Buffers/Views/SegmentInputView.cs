using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Reads a range of bytes across segments of one size, the pages.</summary>
/// <remarks>
/// Ownership: the view borrows its pages; who lent them must not release them while it reads. It can be set to another
/// range with <see cref="Reset"/>, so one view serves any number of records without allocation. One thread at a time.
/// </remarks>
public sealed class SegmentInputView : IDataInputView
{
    private IReadOnlyList<MemorySegment> _pages = [];
    private int _pageSize;

    // The range, counted from the start of the first page.
    private long _start;
    private long _end;

    // The page being read, where in it, and where in it the page or the range ends. At a page's end
    // the position stays there until something is read.
    private MemorySegment? _page;
    private int _index;
    private int _offset;
    private int _limit;

    /// <summary>A view of nothing, to be set with <see cref="Reset"/>.</summary>
    public SegmentInputView()
    {
    }

    /// <inheritdoc cref="Reset"/>
    public SegmentInputView(IReadOnlyList<MemorySegment> pages, long offset, long length) =>
        Reset(pages, offset, length);

    /// <inheritdoc/>
    public bool CanSeek => true;

    /// <inheritdoc/>
    public long Length => _end - _start;

    /// <inheritdoc/>
    public long Remaining => _end - Absolute;

    /// <inheritdoc/>
    public long Position
    {
        get => Absolute - _start;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Length);
            MoveTo(_start + value);
        }
    }

    private long Absolute => ((long)_index * _pageSize) + _offset;

    /// <summary>Reads from now on a range of these pages, from its start.</summary>
    /// <param name="pages">Pages of one size.</param>
    /// <param name="offset">Where the range begins, in bytes from the start of the first page.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not all inside the pages.</exception>
    public void Reset(IReadOnlyList<MemorySegment> pages, long offset, long length)
    {
        ArgumentNullException.ThrowIfNull(pages);
        int pageSize = pages.Count == 0 ? 0 : pages[0].Size;
        long capacity = (long)pages.Count * pageSize;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, capacity - offset);
        _pages = pages;
        _pageSize = pageSize;
        _start = offset;
        _end = offset + length;
        MoveTo(offset);
    }

    public ReadOnlySpan<byte> Peek() =>
        BytesInPage() == 0 ? default : _page!.Slice(_offset, _limit - _offset);

    public bool Has(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return length <= Remaining;
    }

    public int Peek(Span<byte> target)
    {
        int total = (int)Math.Min(target.Length, Remaining);
        target = target[..total];
        (int index, int offset, int limit) = (_index, _offset, _limit);
        while (!target.IsEmpty)
        {
            if (offset == limit)
            {
                index++;
                (offset, limit) = (0, LimitOf(index));
            }

            int step = Math.Min(target.Length, limit - offset);
            _pages[index].Slice(offset, step).CopyTo(target);
            offset += step;
            target = target[step..];
        }

        return total;
    }

    public byte ReadByte()
    {
        if (BytesInPage() == 0)
        {
            ThrowEnd(1);
        }

        return _page!.GetByte(_offset++);
    }

    public bool ReadBoolean() => ReadByte() != 0;

    public short ReadInt16() => ReadValue<short>();

    public ushort ReadUInt16() => ReadValue<ushort>();

    public char ReadChar() => (char)ReadValue<ushort>();

    public int ReadInt32() => ReadValue<int>();

    public uint ReadUInt32() => ReadValue<uint>();

    public long ReadInt64() => ReadValue<long>();

    public ulong ReadUInt64() => ReadValue<ulong>();

    public float ReadSingle() => BitConverter.Int32BitsToSingle(ReadValue<int>());

    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadValue<long>());

    public uint ReadVarUInt32() => (uint)ReadVariable(32);

    public ulong ReadVarUInt64() => ReadVariable(64);

    public int ReadVarInt32() => VarInt.Unzigzag(ReadVarUInt32());

    public long ReadVarInt64() => VarInt.Unzigzag(ReadVarUInt64());

    public int Read(Span<byte> target)
    {
        int count = Peek(target);
        Skip(count);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadExactly(Span<byte> target)
    {
        int offset = _offset;
        if (target.Length <= _limit - offset && _page is not null)
        {
            _page.Slice(offset, target.Length).CopyTo(target);
            _offset = offset + target.Length;
        }
        else
        {
            ReadAcross(target);
        }
    }

    public void Skip(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Require(length);
        if (length <= _limit - _offset)
        {
            _offset += (int)length;
        }
        else
        {
            MoveTo(Absolute + length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe T ReadValue<T>()
        where T : unmanaged
    {
        if (BitConverter.IsLittleEndian && _limit - _offset >= sizeof(T))
        {
            T value = Unsafe.ReadUnaligned<T>(_page!.At(_offset, sizeof(T)));
            _offset += sizeof(T);
            return value;
        }

        return ReadInPieces<T>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe T ReadInPieces<T>()
        where T : unmanaged
    {
        T value = default;
        var bytes = new Span<byte>(&value, sizeof(T));
        ReadExactly(bytes);
        if (!BitConverter.IsLittleEndian)
        {
            bytes.Reverse();
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadAcross(Span<byte> target)
    {
        Require(target.Length);
        Skip(Peek(target));
    }

    private ulong ReadVariable(int bits)
    {
        Skip(this.PeekVariable(bits, out ulong value));
        return value;
    }

    /// <summary>
    /// Bytes in one piece at the position, moving on to the next page at a page's end; 0 at the end of the range.
    /// </summary>
    private int BytesInPage()
    {
        if (_offset == _limit && Remaining > 0)
        {
            MoveTo(Absolute);
        }

        return _limit - _offset;
    }

    /// <summary>Goes to a place in the range, counted from the start of the first page.</summary>
    private void MoveTo(long absolute)
    {
        if (_pages.Count == 0)
        {
            (_page, _index, _offset, _limit) = (null, 0, 0, 0);
            return;
        }

        // The very end has no page of its own; it is the end of the last one.
        _index = (int)Math.Min(absolute / _pageSize, _pages.Count - 1);
        _page = _pages[_index];
        _offset = (int)(absolute - ((long)_index * _pageSize));
        _limit = LimitOf(_index);
    }

    /// <summary>Where in a page the page ends, or the range in it.</summary>
    private int LimitOf(int index) => (int)Math.Min(_pageSize, _end - ((long)index * _pageSize));

    private void Require(long length)
    {
        if (length > _limit - _offset && length > Remaining)
        {
            ThrowEnd(length);
        }
    }

    [DoesNotReturn]
    private void ThrowEnd(long length) => throw new EndOfStreamException(
        $"{length} bytes are to be read at position {Position} of a view of {Length} bytes.");
}
