using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>
/// One run whose blocks stay in pool segments until somebody else needs them; then it moves to a file.
/// </summary>
/// <remarks>
/// Ownership: the run holds one reference to each of its segments; readers hold their own while they use a block.
/// Threading: any thread may read, and any may move it to a file; the places of the blocks change under a lock, the
/// file is written outside it.
/// </remarks>
public sealed class MemoryRun : SortedRun
{
    private readonly Lock _gate = new();
    private readonly NetworkBuffer[] _segments;
    private readonly BlockPlace[] _blocks;
    private readonly PartitionRange[] _ranges;
    private readonly int[] _firstBlocks;

    // Under _gate.
    private readonly SortedSet<int> _discarded = [];
    private IStoredFile? _stream;
    private bool _moving;
    private bool _disposed;

    internal MemoryRun(NetworkBuffer[] segments, BlockPlace[] blocks, PartitionRange[] ranges)
    {
        _segments = segments;
        _blocks = blocks;
        _ranges = ranges;
        _firstBlocks = new int[ranges.Length];
        int first = 0;
        for (int partition = 0; partition < ranges.Length; partition++)
        {
            _firstBlocks[partition] = first;
            first += ranges[partition].Blocks;
        }
    }

    public override string Name
    {
        get
        {
            lock (_gate)
            {
                return _stream?.Path ?? "a run in memory";
            }
        }
    }

    /// <summary>Segments the run holds now.</summary>
    public int SegmentCount
    {
        get
        {
            lock (_gate)
            {
                return _stream is null && !_moving && !_disposed ? _segments.Length : 0;
            }
        }
    }

    /// <summary>Bytes of all blocks.</summary>
    public override long Length => _ranges.Length == 0 ? 0 : _ranges[^1].Offset + _ranges[^1].Length;

    public override PartitionRange RangeOf(int partition) => _ranges[partition];

    public override IBlockReader Open(int partition) => new MemoryRunReader(this, partition);

    /// <summary>Writes the blocks to a file as they are and gives the segments back; blocks of partitions that were
    /// discarded are left out.</summary>
    /// <returns>How many segments went back; 0 when the run is in a file already or another thread is at it.</returns>
    /// <exception cref="IOException">The file could not be written; the run stays in memory.</exception>
    public int MoveToFile(ISpillStore store)
    {
        int[] leftOut;
        lock (_gate)
        {
            if (_stream is not null || _moving || _disposed)
            {
                return 0;
            }

            _moving = true;
            leftOut = [.. _discarded];
        }

        IStoredFile? stream = null;
        try
        {
            stream = store.Create("memory");
            Write(stream, leftOut);
            stream.Finish(Length);
        }
        catch
        {
            stream?.Dispose();
            EndMove(null);
            throw;
        }

        int freed = EndMove(stream);
        DiscardSince(leftOut);
        return freed;
    }

    /// <summary>Frees the room in the file; segments hold several partitions and go back with the last.</summary>
    public override void Discard(int partition)
    {
        IStoredFile? stream;
        lock (_gate)
        {
            _discarded.Add(partition);
            stream = _disposed ? null : _stream;
        }

        stream?.Discard(_ranges[partition].Offset, _ranges[partition].Length);
    }

    public override void Dispose()
    {
        IStoredFile? stream;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_moving)
            {
                // The mover sees the flag when it is done and cleans up.
                return;
            }

            stream = _stream;
        }

        if (stream is null)
        {
            ReleaseSegments();
        }

        stream?.Dispose();
    }

    /// <summary>Reads block <paramref name="index"/> of <paramref name="partition"/>.</summary>
    internal Block Read(int partition, int index, NetworkBuffer room, out bool usedRoom)
    {
        int number = _firstBlocks[partition] + index;
        BlockPlace place = _blocks[number];
        IStoredFile stream;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_stream is null)
            {
                NetworkBuffer segment = _segments[place.Segment];
                usedRoom = !TryRetain(segment, out NetworkBuffer held);
                if (!usedRoom)
                {
                    return new Block(held, place.Offset, place.Length);
                }

                // As many readers as a buffer can have are at this segment: this one gets a copy.
                segment.Segment.Slice(place.Offset, place.Length).CopyTo(room.Segment.Span);
                return new Block(room, 0, place.Length);
            }

            stream = _stream;
        }

        Span<byte> bytes = room.Segment.Slice(0, place.Length);
        int read = stream.Read(bytes, place.FileOffset);
        if (read < place.Length)
        {
            throw new BlockCorruptException(
                stream.Path, partition, index, $"expected {place.Length} bytes, found {read}");
        }

        usedRoom = true;
        return new Block(room, 0, place.Length);
    }

    // A name costs more than the reference itself, so it is given only where somebody will read it.
    private static bool TryRetain(NetworkBuffer segment, out NetworkBuffer held) =>
        segment.IsWatched ? segment.TryRetain("served block", out held) : segment.TryRetain(out held);

    private ReadOnlyMemory<byte> BytesOf(BlockPlace place) =>
        _segments[place.Segment].Segment.Memory.Slice(place.Offset, place.Length);

    // The stretches between the partitions left out, each with one write.
    private void Write(IStoredFile stream, int[] leftOut)
    {
        int first = 0;
        foreach (int partition in leftOut.Append(_ranges.Length))
        {
            int start = first < _ranges.Length ? _firstBlocks[first] : _blocks.Length;
            int end = partition < _ranges.Length ? _firstBlocks[partition] : _blocks.Length;
            if (end > start)
            {
                stream.Write([.. _blocks[start..end].Select(BytesOf)], _blocks[start].FileOffset);
            }

            first = partition + 1;
        }
    }

    // What was discarded while it was being written.
    private void DiscardSince(int[] leftOut)
    {
        int[] since;
        lock (_gate)
        {
            since = _stream is null ? [] : [.. _discarded.Except(leftOut)];
        }

        foreach (int partition in since)
        {
            Discard(partition);
        }
    }

    private int EndMove(IStoredFile? stream)
    {
        bool disposed;
        lock (_gate)
        {
            _moving = false;
            _stream = stream;
            disposed = _disposed;
        }

        if (stream is null && !disposed)
        {
            return 0;
        }

        ReleaseSegments();
        if (disposed)
        {
            stream?.Dispose();
        }

        return _segments.Length;
    }

    private void ReleaseSegments()
    {
        foreach (NetworkBuffer segment in _segments)
        {
            segment.Release();
        }
    }
}

/// <summary>Where one block of a <see cref="MemoryRun"/> lies, in memory and in the file it may move to.</summary>
/// <param name="Segment">Index of the segment.</param>
/// <param name="Offset">Bytes before it in the segment.</param>
/// <param name="Length">Header and payload, bytes.</param>
/// <param name="FileOffset">Bytes before it in the file.</param>
internal readonly record struct BlockPlace(int Segment, int Offset, int Length, long FileOffset);

/// <summary>Reads one partition of a <see cref="MemoryRun"/>.</summary>
internal sealed class MemoryRunReader : IBlockReader
{
    private readonly MemoryRun _run;
    private readonly int _partition;

    public MemoryRunReader(MemoryRun run, int partition)
    {
        _run = run;
        _partition = partition;
    }

    public int Sequence { get; private set; }

    public int Remaining => _run.RangeOf(_partition).Blocks - Sequence;

    public int Read(ReadOnlySpan<NetworkBuffer> rooms, List<Block> blocks)
    {
        if (Remaining == 0)
        {
            return 0;
        }

        Block block = _run.Read(_partition, Sequence, rooms[0], out bool usedRoom);
        blocks.Add(block);
        Sequence++;
        return usedRoom ? 1 : 0;
    }

    public void Rewind(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, Sequence);
        Sequence = sequence;
    }

    public void Acknowledge(int sequence)
    {
    }
}
