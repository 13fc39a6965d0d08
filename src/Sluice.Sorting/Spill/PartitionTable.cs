namespace Sluice.Sorting;

/// <summary>What is written down by partition while runs are written, kept by a task from one run to the
/// next.</summary>
/// <param name="sums">Over all runs; each run adds its records.</param>
internal sealed class PartitionTable(RecordSum[] sums)
{
    /// <summary>How many partitions there are.</summary>
    public int Count => Sums.Length;

    /// <summary>Sums over all runs so far.</summary>
    public RecordSum[] Sums { get; } = sums;

    /// <summary>Where the partitions of the run at hand lie.</summary>
    public PartitionRange[] Ranges { get; } = new PartitionRange[sums.Length];
}
