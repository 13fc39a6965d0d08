using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Takes sorted records partition by partition and makes one run of them.</summary>
/// <remarks>Disposed without Finish, it leaves nothing behind.</remarks>
internal abstract class RunWriter : IBlockTarget, IDisposable
{
    private readonly RecordSum[] _sums;
    private long _partitionStart;
    private int _partition;

    /// <param name="sums">Per partition; what is written is added.</param>
    /// <param name="compressor">Makes blocks smaller; null stores them as they are.</param>
    protected RunWriter(RecordSum[] sums, BlockCompressor? compressor)
    {
        _sums = sums;
        Ranges = new PartitionRange[sums.Length];
        Blocks = new BlockWriter(this, compressor);
    }

    /// <summary>Takes the records of the current partition.</summary>
    public BlockWriter Blocks { get; }

    /// <summary>The partitions ended so far.</summary>
    protected PartitionRange[] Ranges { get; }

    /// <summary>Ends all partitions below <paramref name="partition"/>, which becomes the current one.</summary>
    public void MoveTo(int partition)
    {
        while (_partition < partition)
        {
            (int blocks, long length, RecordSum sum) = Blocks.EndPartition();
            Ranges[_partition] = new PartitionRange(_partitionStart, length, blocks);
            _sums[_partition] += sum;
            _partitionStart = EndPartition(_partitionStart, length);
            _partition++;
        }
    }

    /// <summary>Ends the last partition; the run owns what was written.</summary>
    public SortedRun Finish()
    {
        MoveTo(Ranges.Length);
        return Complete();
    }

    public abstract (MemorySegment Segment, int Offset, int Size) Open();

    public abstract void Close(int length);

    public abstract void Dispose();

    /// <summary>A partition of <paramref name="length"/> bytes is complete; returns where the next one starts.</summary>
    protected virtual long EndPartition(long start, long length) => start + length;

    protected abstract SortedRun Complete();
}
