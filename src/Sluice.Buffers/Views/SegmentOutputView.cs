using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Writes across segments of one size, the pages; a value may lie in any number of them.</summary>
/// <remarks>
/// Ownership: the view borrows its pages; who lent them must not release them while it writes.
/// With a source it asks for a further page when a value needs it, before it writes any of it. One thread at a time.
/// </remarks>
public sealed class SegmentOutputView : IDataOutputView
{
    private readonly List<MemorySegment> _pages;
    private readonly Func<MemorySegment?>? _source;

    // The page being written, and where in it. At a page's end the position stays there until something
    // is written, so no page is asked for before it is needed; before the first write there is no page.
    private MemorySegment? _page;
    private int _index = -1;
    private int _offset;
    private int _size;

    /// <summary>Writes into these pages and no further.</summary>
    /// <exception cref="ArgumentException">They are not all of one size.</exception>
    public SegmentOutputView(IEnumerable<MemorySegment> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        _pages = [];
        foreach (MemorySegment page in pages)
        {
            Add(page);
        }
    }

    /// <summary>Asks for pages as they are needed.</summary>
    /// <param name="source">The next page, or null when there is none; then the write that needs it fails.</param>
    public SegmentOutputView(Func<MemorySegment?> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _pages = [];
        _source = source;
    }

    /// <summary>The pages it has, in order.</summary>
    public IReadOnlyList<MemorySegment> Pages => _pages;

    /// <summary>Bytes the pages it has can hold.</summary>
    public long Capacity => (long)_pages.Count * PageSize;

    /// <inheritdoc/>
    public long Position
    {
        get => _page is null ? 0 : ((long)_index * PageSize) + _offset;
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
            _index = (int)((value - 1) / PageSize);
            _page = _pages[_index];
            _size = PageSize;
            _offset = (int)(value - ((long)_index * PageSize));
        }
    }

    private int PageSize => _pages.Count == 0 ? 0 : _pages[0].Size;

    public void WriteByte(byte value)
    {
        if (_offset == _size)
        {
            Reserve(1);
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
            _offset += VarInt.Encode(value, _page!.Slice(_offset, VarInt.MaximumSize64));
            return;
        }

        Span<byte> bytes = stackalloc byte[VarInt.MaximumSize64];
        Write(bytes[..VarInt.Encode(value, bytes)]);
    }

    public void WriteVarInt32(int value) => WriteVarUInt64(VarInt.Zigzag(value));

    public void WriteVarInt64(long value) => WriteVarUInt64(VarInt.Zigzag(value));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _size - _offset)
        {
            Reserve(bytes.Length);
        }

        while (!bytes.IsEmpty)
        {
            int step = Math.Min(bytes.Length, RoomInPage());
            bytes[..step].CopyTo(_page!.Slice(_offset, step));
            _offset += step;
            bytes = bytes[step..];
        }
    }

    public void Write(IDataInputView source, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > source.Remaining)
        {
            throw new EndOfStreamException(
                $"{length} bytes are to be copied from a view that has {source.Remaining} left.");
        }

        Reserve(length);
        while (length > 0)
        {
            ReadOnlySpan<byte> piece = source.Peek();
            piece = piece[..(int)Math.Min(piece.Length, length)];
            Write(piece);
            source.Skip(piece.Length);
            length -= piece.Length;
        }
    }

    public void Skip(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Reserve(length);
        Position += length;
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

    private int RoomInPage()
    {
        if (_offset == _size)
        {
            NextPage();
        }

        return _size - _offset;
    }

    private void NextPage()
    {
        _index++;
        _page = _pages[_index];
        _size = _page.Size;
        _offset = 0;
    }

    /// <summary>Makes sure that so many bytes fit behind the position, before any of them is written.</summary>
    private void Reserve(long length)
    {
        while (Capacity - Position < length)
        {
            MemorySegment? page = _source?.Invoke();
            if (page is null)
            {
                ThrowFull(length);
            }

            Add(page);
        }
    }

    private void Add(MemorySegment page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (page.Size == 0 || (_pages.Count > 0 && page.Size != PageSize))
        {
            throw new ArgumentException(
                $"A page of {page.Size} bytes does not go with pages of {PageSize} bytes.", nameof(page));
        }

        _pages.Add(page);
    }

    [DoesNotReturn]
    private void ThrowFull(long length) => throw new EndOfStreamException(
        $"{length} bytes do not fit at position {Position} of {_pages.Count} pages with {Capacity} bytes in all.");
}
