using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>Keeps the records of one task that are larger than a segment, in a file of the spill store.</summary>
/// <remarks>
/// Cursors stand at several records at once, but only one is handed out at a time: that one is brought into memory of
/// its own, the others are compared piece by piece from the file. The file holds nothing but the records' bytes, each
/// record from a whole piece on, where one that was given up has left room: so it is about as long as what is open at
/// once. The checksum of every piece stays in memory and is compared with what is read. Threading: one thread.
/// </remarks>
internal sealed unsafe class LargeRecords : IDisposable
{
    /// <summary>Bytes that are read, and have a checksum, together.</summary>
    public const int PieceSize = 4096;

    private readonly ISpillStore _store;
    private readonly FreePieces _pieces = new();
    private readonly List<uint> _checksums = [];
    private IStoredFile? _stream;
    private byte* _memory;
    private nuint _capacity;
    private LargeRecord? _loaded;

    public LargeRecords(ISpillStore store)
    {
        _store = store;
    }

    /// <summary>Makes room for a record of <paramref name="length"/> bytes.</summary>
    public LargeRecord Begin(int length)
    {
        _stream ??= _store.Create("large");
        LargeRecord record = new(_pieces.Take(Pieces(length)), length);
        CollectionsMarshal.SetCount(_checksums, Math.Max(_checksums.Count, _pieces.End));
        CollectionsMarshal.AsSpan(_checksums).Slice(record.FirstPiece, Pieces(length)).Clear();
        return record;
    }

    /// <summary>Stores the record's next bytes; they come in order, the first at offset 0.</summary>
    public void Append(LargeRecord record, ReadOnlySpan<byte> bytes, int offset)
    {
        _stream!.Write(bytes, PlaceOf(record) + offset);
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, PieceSize - (offset % PieceSize))];
            int piece = record.FirstPiece + (offset / PieceSize);
            _checksums[piece] = BlockFormat.Checksum(_checksums[piece], part);
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>The record will not be read any more.</summary>
    public void End(LargeRecord record)
    {
        if (_loaded == record)
        {
            _loaded = null;
        }

        _pieces.GiveBack(record.FirstPiece, Pieces(record.Length));
    }

    /// <summary>The whole record, until the next one is loaded.</summary>
    /// <exception cref="BlockCorruptException">The file does not hold what was appended.</exception>
    public ReadOnlySpan<byte> Load(LargeRecord record)
    {
        if (_loaded != record)
        {
            if (_capacity < (nuint)record.Length)
            {
                _loaded = null;
                NativeMemory.Free(_memory);
                _memory = null;
                _capacity = 0;
                _memory = (byte*)NativeMemory.Alloc((nuint)record.Length);
                _capacity = (nuint)record.Length;
            }

            _loaded = null;
            ReadPieces(record, 0, new Span<byte>(_memory, record.Length));
            _loaded = record;
        }

        return new ReadOnlySpan<byte>(_memory, record.Length);
    }

    /// <summary>Compares two keys of which at least one lies in the file.</summary>
    /// <exception cref="BlockCorruptException">The file does not hold what was appended.</exception>
    public int CompareKeys(RunCursor left, RunCursor right)
    {
        Span<byte> leftRoom = stackalloc byte[PieceSize];
        Span<byte> rightRoom = stackalloc byte[PieceSize];
        int common = Math.Min(left.KeyLength, right.KeyLength);
        for (int offset = 0; offset < common; offset += PieceSize)
        {
            int count = Math.Min(PieceSize, common - offset);
            ReadOnlySpan<byte> leftPiece = left.KeyPiece(offset, leftRoom)[..count];
            int order = leftPiece.SequenceCompareTo(right.KeyPiece(offset, rightRoom)[..count]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.KeyLength.CompareTo(right.KeyLength);
    }

    /// <summary>The record's bytes from <paramref name="offset"/>, a piece's start, to the piece's end.</summary>
    /// <param name="record">What to read.</param>
    /// <param name="offset">A multiple of a piece.</param>
    /// <param name="room">As long as a piece.</param>
    public ReadOnlySpan<byte> ReadPiece(LargeRecord record, int offset, Span<byte> room)
    {
        Span<byte> piece = room[..Math.Min(PieceSize, record.Length - offset)];
        ReadPieces(record, offset, piece);
        return piece;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
    }

    private static int Pieces(int length) => (int)(((long)length + PieceSize - 1) / PieceSize);

    private static long PlaceOf(LargeRecord record) => (long)record.FirstPiece * PieceSize;

    private void ReadPieces(LargeRecord record, int offset, Span<byte> destination)
    {
        int read = _stream!.Read(destination, PlaceOf(record) + offset);
        int piece = record.FirstPiece + (offset / PieceSize);
        if (read < destination.Length)
        {
            throw new BlockCorruptException(
                _stream.Path, 0, piece + (read / PieceSize), $"expected {destination.Length} bytes, found {read}");
        }

        for (; !destination.IsEmpty; piece++)
        {
            int count = Math.Min(PieceSize, destination.Length);
            uint found = BlockFormat.Checksum(destination[..count]);
            if (found != _checksums[piece])
            {
                throw new BlockCorruptException(
                    _stream.Path, 0, piece, $"expected checksum {_checksums[piece]:x8}, found {found:x8}");
            }

            destination = destination[count..];
        }
    }
}

/// <summary>Where one large record lies in its file.</summary>
/// <remarks>A class, because two records of the same place and length at different times are not the same.</remarks>
/// <param name="firstPiece">The number of its first piece in the file.</param>
/// <param name="length">Bytes of the record.</param>
internal sealed class LargeRecord(int firstPiece, int length)
{
    public int FirstPiece { get; } = firstPiece;

    public int Length { get; } = length;
}
