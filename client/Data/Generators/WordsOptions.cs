namespace Sluice.Client;

/// <summary>Which lines of words to write.</summary>
public sealed record WordsOptions
{
    /// <summary>How many lines; 0 writes nothing. A line has 5 to 15 words, 10 on average, about 61 bytes.</summary>
    public required long Records { get; init; }

    /// <summary>
    /// Chooses the words; the same seed gives the same bytes on every machine, whatever the other options.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that make lines; the bytes do not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">The number of lines is negative or no thread is left.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Records);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Records, long.MaxValue / WordBlocks.LongestLine);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Parallelism);
    }
}
