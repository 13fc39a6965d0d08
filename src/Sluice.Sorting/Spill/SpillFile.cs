using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>One run in a file: partitions in order, each a row of blocks, and an index of them.</summary>
public sealed class SpillFile : SortedRun
{
    private readonly IStoredFile _stream;
    private readonly SpillIndex _index;

    internal SpillFile(IStoredFile stream, SpillIndex index)
    {
        _stream = stream;
        _index = index;
    }

    /// <summary>How many partitions the run has.</summary>
    public int Partitions => _index.Partitions;

    public override long Length => _index.Offset;

    public override string Name => _stream.Path;

    /// <summary>Takes a file over that was written before, by whomever: all that is needed stands in it.</summary>
    /// <param name="stream">The file, which belongs to the run from now on.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <exception cref="BlockCorruptException">It is not a whole spill file; it stays the caller's.</exception>
    public static SpillFile Open(IStoredFile stream, long length) => new(stream, SpillIndex.Read(stream, length));

    public override PartitionRange RangeOf(int partition) => _index.Find(_stream, partition);

    public override IBlockReader Open(int partition) => new SpillFileReader(_stream, RangeOf(partition), partition);

    // The index is looked into only where some partition waits; what is wrong with it is told to who reads.
    public override bool WaitsForDevice(int partition) =>
        _stream.WaitsForDevice(0, Length)
        && TryFind(partition, out PartitionRange range)
        && _stream.WaitsForDevice(range.Offset, range.Length);

    public override void Discard(int partition)
    {
        // Nobody reads it again: what is not found comes back with the file.
        if (TryFind(partition, out PartitionRange range))
        {
            _stream.Discard(range.Offset, range.Length);
        }
    }

    public override void Dispose() => _stream.Dispose();

    private bool TryFind(int partition, out PartitionRange range)
    {
        try
        {
            range = RangeOf(partition);
            return true;
        }
        catch (IOException)
        {
            range = default;
            return false;
        }
    }
}

/// <summary>Reads one partition of a spill file from front to back.</summary>
/// <remarks>
/// Where all blocks but the last fill their segments, one call of the operating system reads as many as there are
/// rooms: each lands at the start of its own. Others, compressed or behind a small partition, are read one by one.
/// </remarks>
internal sealed class SpillFileReader : IBlockReader
{
    private const int SmallestRead = 4096;

    private readonly IStoredFile _stream;
    private readonly PartitionRange _range;
    private readonly int _partition;
    private readonly Queue<long> _unacknowledged = new();
    private long _offset;
    private int _expected = int.MaxValue;
    private int _acknowledged;

    public SpillFileReader(IStoredFile stream, PartitionRange range, int partition)
    {
        _stream = stream;
        _range = range;
        _partition = partition;
        _offset = range.Offset;
    }

    public int Sequence { get; private set; }

    public int Remaining => _range.Blocks - Sequence;

    public int Read(ReadOnlySpan<NetworkBuffer> rooms, List<Block> blocks)
    {
        if (Remaining == 0)
        {
            return 0;
        }

        int size = rooms[0].Size;
        int wanted = Math.Min(rooms.Length, Remaining);
        bool isEven = Left > (long)(Remaining - 1) * size && Left <= (long)Remaining * size;
        if (wanted > 1 && isEven)
        {
            return ReadEven(rooms[..wanted], blocks);
        }

        ReadOne(rooms[0], blocks);
        return 1;
    }

    public void Acknowledge(int sequence)
    {
        while (_acknowledged < sequence && _unacknowledged.TryDequeue(out _))
        {
            _acknowledged++;
        }
    }

    public void Rewind(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, _acknowledged);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, Sequence);
        if (sequence < Sequence)
        {
            _offset = _unacknowledged.ElementAt(sequence - _acknowledged);
            Queue<long> kept = new(_unacknowledged.Take(sequence - _acknowledged));
            _unacknowledged.Clear();
            foreach (long offset in kept)
            {
                _unacknowledged.Enqueue(offset);
            }

            Sequence = sequence;
        }
    }

    private long Left => _range.Offset + _range.Length - _offset;

    // What is behind a block that does not fill its room, though it should, lies in the wrong rooms: it is read again.
    private int ReadEven(ReadOnlySpan<NetworkBuffer> rooms, List<Block> blocks)
    {
        int size = rooms[0].Size;
        Memory<byte>[] pieces = new Memory<byte>[rooms.Length];
        for (int i = 0; i < rooms.Length; i++)
        {
            // Whole pages, also of the last block: what follows it does not matter.
            long rest = Left - ((long)i * size);
            pieces[i] = rooms[i].Segment.Memory[..(int)Math.Min(size, StorageFile.InWholePages(rest))];
        }

        long read = Math.Min(_stream.Read(pieces, _offset), Left);
        for (int i = 0; i < rooms.Length; i++)
        {
            int have = (int)Math.Clamp(read - ((long)i * size), 0, pieces[i].Length);
            if (!BlockFormat.TryGetLength(pieces[i].Span[..have], out int length))
            {
                return i > 0 ? i : throw Damaged(have);
            }

            blocks.Add(Next(rooms[i], length));
            if (length < size)
            {
                return i + 1;
            }
        }

        return rooms.Length;
    }

    private void ReadOne(NetworkBuffer room, List<Block> blocks)
    {
        Span<byte> bytes = room.Segment.Span;
        bytes = bytes[..(int)Math.Min(bytes.Length, Left)];

        // Compressed blocks are much shorter than segments, and neighbours about as long as each other.
        int read = _stream.Read(bytes[..Math.Min(bytes.Length, _expected)], _offset);
        if (!BlockFormat.TryGetLength(bytes[..read], out int length) && read == _expected)
        {
            read += _stream.Read(bytes[read..], _offset + read);
            BlockFormat.TryGetLength(bytes[..read], out length);
        }

        if (length == 0)
        {
            throw Damaged(read);
        }

        blocks.Add(Next(room, length));
    }

    private Block Next(NetworkBuffer room, int length)
    {
        _unacknowledged.Enqueue(_offset);
        _offset += length;
        _expected = Math.Max(SmallestRead, length + (length / 8));
        Sequence++;
        return new Block(room, 0, length);
    }

    private BlockCorruptException Damaged(int read)
    {
        string found = read < BlockFormat.HeaderSize ? $"{read} bytes" : "a header that names more than is there";
        return new BlockCorruptException(_stream.Path, _partition, Sequence, $"expected a block, found {found}");
    }
}
