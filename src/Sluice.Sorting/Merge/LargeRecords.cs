using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>Keeps the records of one task that are larger than a segment, in a file of the spill store.</summary>
/// <remarks>
/// Cursors stand at several records at once, but only one is handed out at a time: that one is brought into memory of
/// its own, the others are compared piece by piece from the file. Threading: one thread.
/// </remarks>
internal sealed unsafe class LargeRecords : IDisposable
{
    private const int PieceSize = 4096;

    private readonly ISpillStore _store;
    private IStoredFile? _stream;
    private long _end;
    private int _open;
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
        LargeRecord record = new(_end, length);
        _end += length;
        _open++;
        return record;
    }

    /// <summary>Stores the record's next bytes.</summary>
    public void Append(LargeRecord record, ReadOnlySpan<byte> piece, int offset) =>
        _stream!.Write(piece, record.Offset + offset);

    /// <summary>The record will not be read any more; when none is left, the file starts over.</summary>
    public void End(LargeRecord record)
    {
        if (_loaded == record)
        {
            _loaded = null;
        }

        if (--_open == 0)
        {
            _end = 0;
        }
    }

    /// <summary>The whole record, until the next one is loaded.</summary>
    public ReadOnlySpan<byte> Load(LargeRecord record)
    {
        if (_loaded != record)
        {
            if (_capacity < (nuint)record.Length)
            {
                NativeMemory.Free(_memory);
                _memory = null;
                _memory = (byte*)NativeMemory.Alloc((nuint)record.Length);
                _capacity = (nuint)record.Length;
            }

            Read(record, 0, new Span<byte>(_memory, record.Length));
            _loaded = record;
        }

        return new ReadOnlySpan<byte>(_memory, record.Length);
    }

    /// <summary>Reads bytes of a record from its <paramref name="offset"/> on.</summary>
    public void Read(LargeRecord record, int offset, Span<byte> destination)
    {
        int read = _stream!.Read(destination, record.Offset + offset);
        if (read < destination.Length)
        {
            throw new EndOfStreamException(
                $"{_stream.Path} holds {read} of {destination.Length} bytes at {record.Offset + offset}.");
        }
    }

    /// <summary>Compares two keys of which at least one lies in the file.</summary>
    public int CompareKeys(RunCursor left, RunCursor right)
    {
        Span<byte> leftPiece = stackalloc byte[PieceSize];
        Span<byte> rightPiece = stackalloc byte[PieceSize];
        int common = Math.Min(left.KeyLength, right.KeyLength);
        for (int offset = 0; offset < common; offset += PieceSize)
        {
            int count = Math.Min(PieceSize, common - offset);
            left.ReadKey(offset, leftPiece[..count]);
            right.ReadKey(offset, rightPiece[..count]);
            int order = leftPiece[..count].SequenceCompareTo(rightPiece[..count]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.KeyLength.CompareTo(right.KeyLength);
    }

    public void Dispose()
    {
        _stream?.Dispose();
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
    }
}

/// <summary>Where one large record lies in its file.</summary>
/// <remarks>A class, because two records of the same place and length at different times are not the same.</remarks>
internal sealed class LargeRecord(long offset, int length)
{
    public long Offset { get; } = offset;

    public int Length { get; } = length;
}
