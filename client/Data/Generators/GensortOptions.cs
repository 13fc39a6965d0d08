namespace Sluice.Client;

/// <summary>Which records of the public sort generator to write.</summary>
public sealed record GensortOptions
{
    /// <summary>How many records, 100 bytes each; 0 writes nothing.</summary>
    public required long Records { get; init; }

    /// <summary>Number of the first record; any range costs the same to reach.</summary>
    public long Start { get; init; }

    /// <summary>Printable records that end with CR LF rather than binary ones.</summary>
    public bool Ascii { get; init; }

    /// <summary>
    /// Gives half of the records one of eight heavy keys, the heaviest a quarter of all records. This skew is Sluice's
    /// own, not the public generator's.
    /// </summary>
    public bool Skew { get; init; }

    /// <summary>Threads that make records; the bytes do not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">A number is negative, the last record's number does not fit, or no
    /// thread is left.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Records);
        ArgumentOutOfRangeException.ThrowIfNegative(Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Records, long.MaxValue / GensortGenerator.RecordLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Start, long.MaxValue - Records);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Parallelism);
    }
}
