using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Writes one run to a file, through a few segments of the task's pool.</summary>
internal sealed class SpillFileWriter : RunWriter
{
    private readonly IStoredFile _file;
    private readonly BlockBatch _batch;
    private long _indexLength;
    private bool _finished;

    /// <param name="store">Where the file is made.</param>
    /// <param name="hint">Goes into the file's name.</param>
    /// <param name="memory">What it is written with; stays the caller's, and is one run's at a time.</param>
    /// <param name="table">What is written is added to its sums; its ranges are used until Finish.</param>
    public SpillFileWriter(
        ISpillStore store,
        string hint,
        WriteMemory memory,
        PartitionTable table)
        : base(table, memory.Compressor)
    {
        _file = store.Create(hint);
        _batch = new BlockBatch(_file, memory);
    }

    /// <summary>Bytes of the file so far, those not written yet included.</summary>
    public long Length => _batch.Length + _indexLength;

    public override (MemorySegment Segment, int Offset, int Size) Open() => _batch.Open();

    public override void Close(int length) => _batch.Close(length);

    public override void Dispose()
    {
        if (!_finished)
        {
            _batch.Abandon();
            _file.Dispose();
        }
    }

    protected override long EndPartition(long start, long length) => _batch.EndPartition(start, length);

    protected override SortedRun Complete()
    {
        long end = _batch.Finish();
        (SpillIndex index, long length) = SpillIndex.Write(_file, end, Table.Ranges);
        _indexLength = length - end;
        _finished = true;
        return new SpillFile(_file, index);
    }
}

/// <summary>Writes a row of partitions into a stretch of a file that others write to as well.</summary>
internal sealed class SpillRegionWriter : PartitionWriter
{
    private readonly BlockBatch _batch;
    private bool _ended;

    /// <param name="file">The file; stays the caller's, and is given up when a row does not end.</param>
    /// <param name="memory">What it is written with; stays the caller's.</param>
    /// <param name="table">Its places of these partitions are written here only.</param>
    /// <param name="partition">The first partition of the row.</param>
    /// <param name="start">Where the stretch starts in the file, bytes.</param>
    public SpillRegionWriter(
        IStoredFile file,
        WriteMemory memory,
        PartitionTable table,
        int partition,
        long start)
        : base(table, memory.Compressor, partition, start)
    {
        _batch = new BlockBatch(file, memory, start);
    }

    public override (MemorySegment Segment, int Offset, int Size) Open() => _batch.Open();

    public override void Close(int length) => _batch.Close(length);

    /// <summary>Ends the row before <paramref name="partition"/>; returns where it ends in the file, bytes.</summary>
    public long EndBefore(int partition)
    {
        MoveTo(partition);
        long end = _batch.Finish();
        _ended = true;
        return end;
    }

    public override void Dispose()
    {
        if (!_ended)
        {
            _batch.Abandon();
        }
    }

    protected override long EndPartition(long start, long length) => _batch.EndPartition(start, length);
}
