namespace Sluice.Sorting;

/// <summary>A block is not what its writer sealed: it was truncated, changed or is missing.</summary>
/// <remarks>The attempt that wrote the run must run again; the bytes are never used.</remarks>
public sealed class BlockCorruptException : IOException
{
    /// <param name="run">The run's name.</param>
    /// <param name="partition">The partition read.</param>
    /// <param name="sequence">The block's number in that partition.</param>
    /// <param name="what">Expected and found.</param>
    public BlockCorruptException(string run, int partition, long sequence, string what)
        : this($"Block {sequence} of partition {partition} in {run} is damaged: {what}.", run, partition, sequence)
    {
    }

    private BlockCorruptException(string message, string run, int partition, long sequence)
        : base(message)
    {
        Run = run;
        Partition = partition;
        Sequence = sequence;
    }

    /// <summary>A block that tells where the partitions lie.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="block">Which block, with a capital.</param>
    /// <param name="what">Expected and found.</param>
    internal static BlockCorruptException OfIndex(string run, string block, string what) =>
        new($"{block} of {run} is damaged: {what}.", run, -1, -1);

    /// <summary>The run's name.</summary>
    public string Run { get; }

    /// <summary>The partition read; -1 when it is the index that is damaged.</summary>
    public int Partition { get; }

    /// <summary>The block's number in that partition, from 0.</summary>
    public long Sequence { get; }
}
