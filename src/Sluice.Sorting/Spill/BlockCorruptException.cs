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
        : base($"Block {sequence} of partition {partition} in {run} is damaged: {what}.")
    {
        Run = run;
        Partition = partition;
        Sequence = sequence;
    }

    /// <summary>The run's name.</summary>
    public string Run { get; }

    /// <summary>The partition read.</summary>
    public int Partition { get; }

    /// <summary>The block's number in that partition, from 0.</summary>
    public long Sequence { get; }
}
