using System.Buffers;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Writes across segments of one size, the pages; a value may lie in any number of them.</summary>
/// <remarks>
/// Ownership: the view borrows its pages; who lent them must not release them while it writes.
/// With a source it asks for a further page when a value needs it, before it writes any of it. One thread at a time.
/// As a buffer writer it lends the rest of a page; when more is asked for than lies in one piece, memory of its own,
/// whose bytes go to the pages on <see cref="Advance"/>. What is lent is valid up to the next call.
/// </remarks>
public sealed class SegmentOutputView : IDataOutputView, IBufferWriter<byte>
{
    private readonly OutputPages _pages;

    // The page being written, and where in it. At a page's end the position stays there until something
    // is written, so no page is asked for before it is needed; before the first write there is no page.
    private MemorySegment? _page;
    private int _index = -1;
    private int _offset;
    private int _size;

    // What is lent to a user of the buffer writer: where, how much, and whether in memory of its own.
    private long _lentAt;
    private int _lent;
    private bool _lentOwn;
    private byte[] _own = [];

    /// <summary>Writes into these pages and no further.</summary>
    /// <exception cref="ArgumentException">They are not all of one size.</exception>
    public SegmentOutputView(IEnumerable<MemorySegment> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        _pages = new OutputPages(source: null);
        foreach (MemorySegment page in pages)
        {
            _pages.Add(page);
        }
    }

    /// <summary>Asks for pages as they are needed.</summary>
    /// <param name="source">The next page, or null when there is none; then the write that needs it fails.</param>
    public SegmentOutputView(Func<MemorySegment?> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _pages = new OutputPages(source);
    }

    /// <summary>The pages it has, in order.</summary>
    public IReadOnlyList<MemorySegment> Pages => _pages.All;

    /// <summary>Bytes the pages it has can hold.</summary>
    public long Capacity => _pages.Capacity;

    /// <inheritdoc/>
    public long Position
    {
        get => _page is null ? 0 : ((long)_index * _pages.Size) + _offset;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Capacity);
            if (value == 0)
            {
                (_page, _index, _offset, _size) = (null, -1, 0, 0);
                return;
            }

            // A position on a boundary is the end of the page before it.
            _index = (int)((value - 1) / _pages.Size);
            _page = _pages[_index];
            _size = _pages.Size;
            _offset = (int)(value - ((long)_index * _pages.Size));
        }
    }

    public void WriteByte(byte value)
    {
        if (_offset == _size)
        {
            _pages.Reserve(Position, 1);
            NextPage();
        }

        _page!.PutByte(_offset, value);
        _offset++;
    }

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteInt16(short value) => WriteValue(value);

    public void WriteUInt16(ushort value) => WriteValue(value);

    public void WriteChar(char value) => WriteValue((ushort)value);

    public void WriteInt32(int value) => WriteValue(value);

    public void WriteUInt32(uint value) => WriteValue(value);

    public void WriteInt64(long value) => WriteValue(value);

    public void WriteUInt64(ulong value) => WriteValue(value);

    public void WriteSingle(float value) => WriteValue(BitConverter.SingleToInt32Bits(value));

    public void WriteDouble(double value) => WriteValue(BitConverter.DoubleToInt64Bits(value));

    public void WriteVarUInt32(uint value) => WriteVarUInt64(value);

    public void WriteVarUInt64(ulong value)
    {
        if (value < 0x80)
        {
            WriteByte((byte)value);
            return;
        }

        if (_size - _offset >= VarInt.MaximumSize64)
        {
            _offset += VarInt.Write(_page!.Slice(_offset, VarInt.MaximumSize64), value);
            return;
        }

        Span<byte> bytes = stackalloc byte[VarInt.MaximumSize64];
        Write(bytes[..VarInt.Write(bytes, value)]);
    }

    public void WriteVarInt32(int value) => WriteVarUInt64(VarInt.Zigzag(value));

    public void WriteVarInt64(long value) => WriteVarUInt64(VarInt.Zigzag(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int offset = _offset;
        if (bytes.Length <= _size - offset && _page is not null)
        {
            bytes.CopyTo(_page.Slice(offset, bytes.Length));
            _offset = offset + bytes.Length;
        }
        else
        {
            WriteAcross(bytes);
        }
    }

    public void Write(IDataInputView source, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!source.Has(length))
        {
            throw new EndOfStreamException(
                $"{length} bytes are to be copied from position {source.Position} of a view that has fewer left.");
        }

        _pages.Reserve(Position, length);
        while (length > 0)
        {
            ReadOnlySpan<byte> piece = source.Peek();
            if (piece.IsEmpty)
            {
                // It had as many a moment ago: a file that somebody cuts, say.
                throw new EndOfStreamException(
                    $"{length} bytes less could be copied than the view said it has; it ends at {source.Position}.");
            }

            piece = piece[..(int)Math.Min(piece.Length, length)];
            Write(piece);
            source.Skip(piece.Length);
            length -= piece.Length;
        }
    }

    public void Skip(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _pages.Reserve(Position, length);
        Position += length;
    }

    /// <inheritdoc/>
    /// <exception cref="EndOfStreamException">There is no room for so many bytes.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Lend(sizeHint);
        return _lentOwn ? _own.AsMemory(0, _lent) : _page!.Memory[_offset..];
    }

    /// <inheritdoc/>
    /// <exception cref="EndOfStreamException">There is no room for so many bytes.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Lend(sizeHint);
        return _lentOwn ? _own.AsSpan(0, _lent) : _page!.Slice(_offset, _lent);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than was lent.</exception>
    /// <exception cref="InvalidOperationException">The position has moved since.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _lent);
        if (Position != _lentAt)
        {
            throw new InvalidOperationException(
                $"The bytes were lent at position {_lentAt} and the view is at {Position}: it was used in between.");
        }

        _lent = 0;
        if (_lentOwn)
        {
            Write(_own.AsSpan(0, count));
        }
        else
        {
            _offset += count;
        }
    }

    private void Lend(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        sizeHint = Math.Max(sizeHint, 1);
        if (sizeHint > _size - _offset)
        {
            _pages.Reserve(Position, sizeHint);
            if (_offset == _size)
            {
                NextPage();
            }
        }

        _lentAt = Position;
        _lentOwn = sizeHint > _size - _offset;
        if (_lentOwn && _own.Length < sizeHint)
        {
            _own = new byte[sizeHint];
        }

        // No more is lent than fits, so that Advance cannot fail.
        _lent = _lentOwn ? sizeHint : _size - _offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void WriteValue<T>(T value)
        where T : unmanaged
    {
        if (BitConverter.IsLittleEndian && _size - _offset >= sizeof(T))
        {
            Unsafe.WriteUnaligned(_page!.At(_offset, sizeof(T)), value);
            _offset += sizeof(T);
        }
        else
        {
            WriteInPieces(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void WriteInPieces<T>(T value)
        where T : unmanaged
    {
        var bytes = new Span<byte>(&value, sizeof(T));
        if (!BitConverter.IsLittleEndian)
        {
            bytes.Reverse();
        }

        Write(bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteAcross(ReadOnlySpan<byte> bytes)
    {
        _pages.Reserve(Position, bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (_offset == _size)
            {
                NextPage();
            }

            int step = Math.Min(bytes.Length, _size - _offset);
            bytes[..step].CopyTo(_page!.Slice(_offset, step));
            _offset += step;
            bytes = bytes[step..];
        }
    }

    private void NextPage()
    {
        _index++;
        _page = _pages[_index];
        _size = _page.Size;
        _offset = 0;
    }
}
