using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Takes sorted records partition by partition and makes one run of them.</summary>
/// <remarks>Disposed without Finish, it leaves nothing behind.</remarks>
internal abstract class RunWriter : IBlockTarget, IDisposable
{
    private long _partitionStart;
    private int _partition;

    /// <param name="table">What is written is added to its sums; its ranges are the run's until the run is finished.</param>
    /// <param name="compressor">Makes blocks smaller; null stores them as they are.</param>
    protected RunWriter(PartitionTable table, BlockCompressor? compressor)
    {
        Table = table;
        Blocks = new BlockWriter(this, compressor);
    }

    /// <summary>Takes the records of the current partition.</summary>
    public BlockWriter Blocks { get; }

    /// <summary>The partitions ended so far.</summary>
    protected PartitionTable Table { get; }

    /// <summary>Ends all partitions below <paramref name="partition"/>, which becomes the current one.</summary>
    public void MoveTo(int partition)
    {
        while (_partition < partition)
        {
            (int blocks, long length, RecordSum sum) = Blocks.EndPartition();
            Table.Ranges[_partition] = new PartitionRange(_partitionStart, length, blocks);
            Table.Sums[_partition] += sum;
            _partitionStart = EndPartition(_partitionStart, length);
            _partition++;
        }
    }

    /// <summary>Ends the last partition; the run owns what was written.</summary>
    public SortedRun Finish()
    {
        MoveTo(Table.Count);
        return Complete();
    }

    public abstract (MemorySegment Segment, int Offset, int Size) Open();

    public abstract void Close(int length);

    public abstract void Dispose();

    /// <summary>A partition of <paramref name="length"/> bytes is complete; returns where the next one starts.</summary>
    protected virtual long EndPartition(long start, long length) => start + length;

    protected abstract SortedRun Complete();
}
