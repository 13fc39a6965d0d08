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

    public override void Discard(int partition)
    {
        PartitionRange range;
        try
        {
            range = RangeOf(partition);
        }
        catch (IOException)
        {
            // Nobody reads the partition again, and its room comes back with the file.
            return;
        }

        _stream.Discard(range.Offset, range.Length);
    }

    public override void Dispose() => _stream.Dispose();
}

/// <summary>Reads one partition of a spill file from front to back.</summary>
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

    public bool TryRead(NetworkBuffer room, out Block block, out bool usedRoom)
    {
        block = default;
        usedRoom = false;
        if (Remaining == 0)
        {
            return false;
        }

        Span<byte> bytes = room.Segment.Span;
        long left = _range.Offset + _range.Length - _offset;
        bytes = bytes[..(int)Math.Min(bytes.Length, left)];

        // Compressed blocks are much shorter than segments, and neighbours about as long as each other.
        int read = _stream.Read(bytes[..Math.Min(bytes.Length, _expected)], _offset);
        if (!BlockFormat.TryGetLength(bytes[..read], out int length) && read == _expected)
        {
            read += _stream.Read(bytes[read..], _offset + read);
            BlockFormat.TryGetLength(bytes[..read], out length);
        }

        if (length == 0)
        {
            string found = read < BlockFormat.HeaderSize ? $"{read} bytes" : "a header that names more than is there";
            throw new BlockCorruptException(_stream.Path, _partition, Sequence, $"expected a block, found {found}");
        }

        _unacknowledged.Enqueue(_offset);
        _offset += length;
        _expected = Math.Max(SmallestRead, length + (length / 8));
        Sequence++;
        block = new Block(room, 0, length);
        usedRoom = true;
        return true;
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
}
