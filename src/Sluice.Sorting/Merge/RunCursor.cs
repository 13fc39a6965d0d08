using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Reads the records of one sorted run, block by block; stands at one record at a time.</summary>
/// <remarks>
/// A record inside a block is read where it lies. One that goes on in the next block is put together in a segment of
/// the cursor's own; one larger than a segment goes to the <see cref="LargeRecords"/> of the task.
/// A merge goes from cursor to cursor, so what each needs for a record lies together, and addresses what it points to
/// directly: a cache miss for each step on the way there would take longer than the step.
/// Ownership: its own segment, released by Dispose; its <see cref="BlockPayloads"/> hold the current block. Threading:
/// one thread.
/// </remarks>
internal sealed unsafe class RunCursor : IDisposable
{
    private const int ShortHeader = 2;
    private const int NoRecord = -1;

    private readonly IBlockSource _source;
    private readonly BlockPayloads _payloads;
    private readonly IBufferPool _pool;
    private readonly LargeRecords _largeRecords;
    private readonly CancellationToken _cancellation;
    private NetworkBuffer _joinBuffer;
    private LargeRecord? _large;
    private Place _place = new() { RecordLength = NoRecord };

    public RunCursor(IBlockSource source, IBufferPool pool, LargeRecords largeRecords, CancellationToken cancellation)
    {
        _source = source;
        _payloads = new BlockPayloads(source, pool, cancellation);
        _pool = pool;
        _largeRecords = largeRecords;
        _cancellation = cancellation;
    }

    /// <summary>The first eight bytes of the key, big endian, zeros behind its end.</summary>
    public ulong Prefix => _place.Prefix;

    /// <summary>Bytes of the key.</summary>
    public int KeyLength => _place.KeyLength;

    /// <summary>Sum of the records that <see cref="MoveNext"/> has left behind; all once it has ended.</summary>
    public RecordSum Sum => _place.Sum;

    /// <summary>Key and value in one piece; valid until the next <see cref="MoveNext"/>.</summary>
    /// <remarks>A large record is brought into memory, one at a time for all cursors of a task.</remarks>
    public ReadOnlySpan<byte> Record => _place.RecordLength != NoRecord
        ? new ReadOnlySpan<byte>(_place.Record, _place.RecordLength)
        : _largeRecords.Load(_large!);

    /// <summary>Goes to the next record; false behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        Leave();
        while (_place.Next == _place.End)
        {
            if (!NextBlock())
            {
                return false;
            }
        }

        // Mostly the lengths are a byte each, and the record ends in this block.
        ReadOnlySpan<byte> rest = Rest;
        if (rest.Length >= ShortHeader && (rest[0] | rest[1]) < 0x80 && rest[0] + rest[1] <= rest.Length - ShortHeader)
        {
            StandInBlock(rest, ShortHeader, rest[0], rest[0] + rest[1]);
        }
        else
        {
            MoveOther(rest);
        }

        return true;
    }

    /// <summary>Compares the keys the two cursors stand at, as unsigned bytes, the shorter first on a tie.</summary>
    /// <remarks>Their prefixes are equal.</remarks>
    public static int CompareKeys(RunCursor left, RunCursor right)
    {
        if (left._large is null && right._large is null)
        {
            return KeyPrefix.CompareBehind(left.Key, right.Key);
        }

        return left._largeRecords.CompareKeys(left, right);
    }

    /// <summary>Bytes from <paramref name="offset"/> in the key on: the rest of the key, or of a large record's
    /// piece.</summary>
    internal ReadOnlySpan<byte> KeyPiece(int offset, Span<byte> room) =>
        _large is null ? Key[offset..] : _largeRecords.ReadPiece(_large, offset, room);

    /// <summary>Copies the whole key.</summary>
    /// <param name="destination">As long as the key.</param>
    internal void ReadKey(Span<byte> destination)
    {
        Span<byte> room = stackalloc byte[LargeRecords.PieceSize];
        for (int offset = 0; offset < KeyLength; offset += LargeRecords.PieceSize)
        {
            int count = Math.Min(LargeRecords.PieceSize, KeyLength - offset);
            KeyPiece(offset, room)[..count].CopyTo(destination[offset..]);
        }
    }

    public void Dispose()
    {
        ReleaseLarge();
        _payloads.Dispose();
        if (_joinBuffer.IsLive)
        {
            _joinBuffer.Release();
        }
    }

    /// <summary>Whether the record lies in the file of large ones, so that <see cref="ReadKey"/> gives its
    /// key.</summary>
    internal bool IsLarge => _large is not null;

    /// <summary>The key of a record that is not large.</summary>
    internal ReadOnlySpan<byte> Key => Record[..KeyLength];

    // Of the block.
    private ReadOnlySpan<byte> Rest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_place.Next, (int)(_place.End - _place.Next));
    }

    // A record is summed when it is left: whoever read it has just brought it into the processor's cache.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Leave()
    {
        if (_place.RecordLength != NoRecord)
        {
            _place.Sum.Add(new ReadOnlySpan<byte>(_place.Record, _place.RecordLength), _place.KeyLength);
            _place.RecordLength = NoRecord;
        }
        else
        {
            ReleaseLarge();
        }
    }

    private void ReleaseLarge()
    {
        if (_large is not null)
        {
            _largeRecords.End(_large);
            _large = null;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveOther(ReadOnlySpan<byte> rest)
    {
        if (!TryReadLengths(rest, out int header, out int keyLength, out int length))
        {
            ReadCrossingHeader(out keyLength, out length);
            ReadCrossing(keyLength, length);
        }
        else if (length > rest.Length - header)
        {
            _place.Next += header;
            ReadCrossing(keyLength, length);
        }
        else
        {
            StandInBlock(rest, header, keyLength, length);
        }
    }

    private bool TryReadLengths(ReadOnlySpan<byte> bytes, out int header, out int keyLength, out int length)
    {
        header = RecordHeader.Read(bytes, out uint key, out uint value);
        long whole = key + (long)value;
        if (header < 0 || (header > 0 && whole > int.MaxValue))
        {
            throw _source.Damaged(header < 0
                ? "expected a record's lengths in 32 bits each, found more"
                : $"expected a record's lengths of {int.MaxValue} together at most, found {key} and {value}");
        }

        keyLength = (int)key;
        length = (int)whole;
        return header > 0;
    }

    // The lengths themselves are cut by the block's end.
    private void ReadCrossingHeader(out int keyLength, out int length)
    {
        Span<byte> header = stackalloc byte[BlockFormat.MaximumRecordHeader];
        int filled = 0;
        do
        {
            ReadBytes(header.Slice(filled, 1));
            filled++;
        }
        while (!TryReadLengths(header[..filled], out _, out keyLength, out length));
    }

    private void ReadCrossing(int keyLength, int length)
    {
        if (!_joinBuffer.IsLive)
        {
            _joinBuffer = _pool.Request(_cancellation);
        }

        MemorySegment join = _joinBuffer.Segment;
        if (length <= join.Size)
        {
            Span<byte> bytes = join.Slice(0, length);
            ReadBytes(bytes);
            StandAt(join.Pointer, keyLength, bytes);
            return;
        }

        ReadLarge(join, keyLength, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StandInBlock(ReadOnlySpan<byte> rest, int header, int keyLength, int length)
    {
        StandAt(_place.Next + header, keyLength, rest.Slice(header, length));
        _place.Next += header + length;

        // Until the next record is asked for, other runs' records come; it is probably about as long as this one.
        CacheLines.Prefetch(_place.Next, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StandAt(byte* start, int keyLength, ReadOnlySpan<byte> record)
    {
        _place.Record = start;
        _place.RecordLength = record.Length;
        _place.KeyLength = keyLength;
        _place.Prefix = KeyPrefix.Of(record[..keyLength]);
    }

    private void ReadLarge(MemorySegment join, int keyLength, int length)
    {
        _large = _largeRecords.Begin(length);
        RecordHash hash = default;
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        for (int read = 0; read < length;)
        {
            Span<byte> piece = join.Slice(0, Math.Min(join.Size, length - read));
            ReadBytes(piece);
            if (read == 0)
            {
                piece[..Math.Min(piece.Length, first.Length)].CopyTo(first);
            }

            hash.Add(piece);
            _largeRecords.Append(_large, piece, read);
            read += piece.Length;
        }

        _place.KeyLength = keyLength;
        _place.Prefix = KeyPrefix.Of(first[..Math.Min(keyLength, first.Length)]);
        _place.Sum.Add(hash.Finish(keyLength, length));
    }

    private void ReadBytes(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_place.Next == _place.End && !NextBlock())
            {
                throw _source.Damaged(
                    $"expected {destination.Length} more bytes of a record, found the end of the run");
            }

            ReadOnlySpan<byte> rest = Rest;
            int count = Math.Min(destination.Length, rest.Length);
            rest[..count].CopyTo(destination);
            _place.Next += count;
            destination = destination[count..];
        }
    }

    private bool NextBlock()
    {
        _place.Next = null;
        _place.End = null;
        if (!_payloads.TryNext(out MemorySegment? segment, out int start, out int end))
        {
            return false;
        }

        // The one check of the block's place; memory of a pool does not move.
        int length = segment.Slice(start, end - start).Length;
        _place.Next = segment.Pointer + start;
        _place.End = _place.Next + length;
        return true;
    }

    /// <summary>What every step of a merge looks at: a line of the processor's cache or two.</summary>
    private struct Place
    {
        /// <summary>Key and value, in one piece.</summary>
        public byte* Record;

        /// <summary>In the block, behind the record.</summary>
        public byte* Next;

        /// <summary>Behind the block's last byte.</summary>
        public byte* End;

        public ulong Prefix;

        /// <summary>Bytes; <see cref="NoRecord"/> where it stands at none, or at a large one.</summary>
        public int RecordLength;

        public int KeyLength;
        public RecordSum Sum;
    }
}
