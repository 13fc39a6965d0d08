using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Takes sorted records partition by partition and lays their blocks one behind the other.</summary>
/// <remarks>Disposed before it is finished, it leaves nothing behind.</remarks>
internal abstract class PartitionWriter : IBlockTarget, IDisposable
{
    private long _partitionStart;
    private int _partition;

    /// <param name="table">What is written is added to its sums; its ranges are the run's until the run is
    /// finished.</param>
    /// <param name="compressor">Makes blocks smaller; null stores them as they are.</param>
    /// <param name="partition">The first partition that is written.</param>
    /// <param name="start">Where it starts in the run, bytes.</param>
    protected PartitionWriter(PartitionTable table, BlockCompressor? compressor, int partition = 0, long start = 0)
    {
        Table = table;
        Blocks = new BlockWriter(this, compressor);
        _partition = partition;
        _partitionStart = start;
    }

    /// <summary>Takes the records of the current partition.</summary>
    public BlockWriter Blocks { get; }

    /// <summary>Holds the partitions ended so far.</summary>
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

    public abstract (MemorySegment Segment, int Offset, int Size) Open();

    public abstract void Close(int length);

    public abstract void Dispose();

    /// <summary>A partition of <paramref name="length"/> bytes is complete; returns where the next one
    /// starts.</summary>
    protected virtual long EndPartition(long start, long length) => start + length;
}
