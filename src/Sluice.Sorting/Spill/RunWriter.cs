namespace Sluice.Sorting;

/// <summary>Takes sorted records partition by partition and makes one run of them.</summary>
internal abstract class RunWriter : PartitionWriter
{
    /// <inheritdoc cref="PartitionWriter(PartitionTable, BlockCompressor?, int, long)"/>
    protected RunWriter(PartitionTable table, BlockCompressor? compressor)
        : base(table, compressor)
    {
    }

    /// <summary>Ends the last partition; the run owns what was written.</summary>
    public SortedRun Finish()
    {
        MoveTo(Table.Count);
        return Complete();
    }

    protected abstract SortedRun Complete();
}
