using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// A job as it is ordered from a cluster: by name, so that each process that takes part makes it anew.
/// </summary>
internal sealed record JobOrder
{
    public required JobId Id { get; init; }

    /// <summary>The name under which the job's class is known to all silos.</summary>
    public required string Job { get; init; }

    /// <summary>What it is started with: each name with its values.</summary>
    public required IReadOnlyDictionary<string, string[]> Arguments { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Partitions of each shuffle; null finds a number that fits the input.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether an existing output is replaced, at the moment the new one is complete.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Tasks that run at once in all silos; fixed when the job starts, so that all plan the same. 0 when not yet.
    /// </summary>
    public int Parallelism { get; init; }

    /// <summary>Bytes of each silo's pool that the job may use at the most.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Name of the codec for spilled blocks; null stores them as they are.</summary>
    public string? Codec { get; init; }

    /// <summary>Watches the life of one buffer in so many, 0 none; null leaves it to the silos.</summary>
    public int? TraceBuffers { get; init; }

    /// <summary>When it was ordered, UTC.</summary>
    public DateTime OrderedAt { get; init; }

    /// <summary>W3C trace context of whoever ordered it.</summary>
    public string? TraceParent { get; init; }

    public JobArguments ToArguments() => Arguments.Aggregate(
        new JobArguments(), (arguments, named) => arguments.Add(named.Key, named.Value));
}
