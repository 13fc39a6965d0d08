using System.Security.Cryptography;
using System.Text;

namespace Sluice.Jobs;

/// <summary>A job cut into stages at its shuffles, in the order they run.</summary>
/// <param name="Stages">Each reads files or what an earlier stage wrote.</param>
/// <param name="Sink">Where the last stage writes.</param>
public sealed record JobPlan(IReadOnlyList<StagePlan> Stages, SinkNode Sink)
{
    /// <summary>Two machines that planned the same job have the same one: of names, steps, types and counts.</summary>
    /// <remarks>Made when it is asked for: what computes it is slow to load, and only clusters compare plans.</remarks>
    public string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Identity)).AsSpan(0, 16));

    /// <summary>Tasks that run at once, in all processes.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>What the fingerprint is of.</summary>
    internal string Identity { get; init; } = "";
}

/// <summary>One stage: tasks that each do the same with another part of the input.</summary>
/// <param name="Id">Number in the order of running.</param>
/// <param name="Name">What it is called: sample, map, reduce.</param>
/// <param name="Input">What its tasks read.</param>
/// <param name="Operators">Steps between input and output, fused into one task.</param>
/// <param name="Output">What its tasks write.</param>
/// <param name="Tasks">How many.</param>
public sealed record StagePlan(
    int Id, string Name, StageInput Input, IReadOnlyList<DatasetNode> Operators, StageOutput Output, int Tasks)
{
    /// <summary>The stages whose ends it waits for.</summary>
    public IReadOnlyList<int> Upstream =>
    [
        .. Input is ShuffleInput shuffle ? [shuffle.Stage] : Array.Empty<int>(),
        .. Output is ShuffleOutput { BoundariesFrom: int sample } ? [sample] : Array.Empty<int>(),
    ];
}

/// <summary>What the tasks of a stage read.</summary>
public abstract record StageInput;

/// <summary>Splits of files, one a task.</summary>
public sealed record ReadInput(ReadNode Node) : StageInput;

/// <summary>One partition of an earlier stage's output a task.</summary>
/// <param name="Stage">The stage that writes it.</param>
/// <param name="Node">The shuffle between the two.</param>
public sealed record ShuffleInput(int Stage, DatasetNode Node) : StageInput;

/// <summary>What the tasks of a stage write.</summary>
public abstract record StageOutput;

/// <summary>Sorted runs in partitions.</summary>
/// <param name="Node">The shuffle that is written.</param>
/// <param name="Partitions">How many.</param>
/// <param name="Partitioning">Which record goes where.</param>
/// <param name="BoundariesFrom">For ranges: the stage that yields their boundaries.</param>
public sealed record ShuffleOutput(
    DatasetNode Node, int Partitions, Partitioning Partitioning, int? BoundariesFrom) : StageOutput;

/// <summary>Parts of the job's output.</summary>
public sealed record SinkOutput(SinkNode Node) : StageOutput;

/// <summary>Boundaries for a range shuffle, from a sample of the keys.</summary>
/// <remarks>
/// Of files windows all over them are read; of an earlier stage's output its first partition, and what the steps make
/// of that: a part of the keys that is as good as any where the partitions are those of a hash.
/// </remarks>
/// <param name="Node">The shuffle whose keys are sampled.</param>
/// <param name="Partitions">How many partitions the boundaries make.</param>
public sealed record SampleOutput(DatasetNode Node, int Partitions) : StageOutput;

/// <summary>How a shuffle finds a record's partition.</summary>
public enum Partitioning
{
    /// <summary>There is one.</summary>
    One,

    /// <summary>By a hash of the key: equal keys meet.</summary>
    Hash,

    /// <summary>By ranges of keys: partitions are in order.</summary>
    Range,
}

/// <summary>What a plan depends on besides the job.</summary>
public sealed record PlanOptions
{
    /// <summary>Bytes of all inputs.</summary>
    public required long InputBytes { get; init; }

    /// <summary>Splits the inputs were cut into: tasks of stages that read.</summary>
    public required int Splits { get; init; }

    /// <summary>Tasks that run at once.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Partitions of each shuffle; null finds a number that fits the input.</summary>
    public int? Partitions { get; init; }
}
