using System.Text.Json;

namespace Sluice.Jobs;

/// <summary>What a job would do, or did: schema `sluice.plan/1`.</summary>
public sealed record PlanReport
{
    public string Schema { get; init; } = "sluice.plan/1";

    public required string Name { get; init; }

    /// <summary>Two machines that planned the same job have the same one.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Input files.</summary>
    public required int Files { get; init; }

    /// <summary>Their bytes.</summary>
    public required long InputBytes { get; init; }

    /// <summary>Bytes of the pool that tasks share, of each silo.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes of each task's share.</summary>
    public required long MemoryPerTask { get; init; }

    /// <summary>What may be spilled at the most.</summary>
    public required long SpillBytes { get; init; }

    public required IReadOnlyList<PlanStageReport> Stages { get; init; }

    /// <summary>What the user should know, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is no plan.</exception>
    public static PlanReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.PlanReport)
            ?? throw new JsonException("The plan is empty.");

    /// <summary>The plan as one JSON object, on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.PlanReport);
}

/// <summary>One stage of a plan, in words.</summary>
/// <param name="Id">Number in the order of running.</param>
/// <param name="Name">What it is called: sample, map, reduce.</param>
/// <param name="Tasks">How many.</param>
/// <param name="Input">What they read.</param>
/// <param name="Operators">Steps between input and output.</param>
/// <param name="Output">What they write.</param>
/// <param name="Partitions">Partitions of the shuffle that is written; null when none is.</param>
public sealed record PlanStageReport(
    int Id, string Name, int Tasks, string Input, IReadOnlyList<string> Operators, string Output, int? Partitions)
{
    public static PlanStageReport Of(StagePlan stage) => new(
        stage.Id,
        stage.Name,
        stage.Tasks,
        stage.Input switch
        {
            ReadInput when stage.Output is SampleOutput => "a sample of files",
            ReadInput read => $"{read.Node.Format.Name} of files",
            ShuffleInput shuffle when stage.Output is SampleOutput => $"stage {shuffle.Stage}, its first partition",
            ShuffleInput shuffle => $"stage {shuffle.Stage}, merged",
            _ => stage.Input.ToString()!,
        },
        [.. stage.Operators.Select(step => step.Name)],
        stage.Output switch
        {
            ShuffleOutput { Partitioning: Partitioning.One } shuffle => $"{shuffle.Node.Name}: one partition",
            ShuffleOutput { Partitioning: Partitioning.Hash } shuffle =>
                $"{shuffle.Node.Name}: {shuffle.Partitions} partitions by hash",
            ShuffleOutput shuffle =>
                $"{shuffle.Node.Name}: {shuffle.Partitions} ranges from stage {shuffle.BoundariesFrom}",
            SampleOutput sample => $"boundaries of {sample.Partitions} ranges",
            SinkOutput => $"{stage.Tasks} {Plural.Of(stage.Tasks, "part")}",
            _ => stage.Output.ToString()!,
        },
        stage.Output is ShuffleOutput written ? written.Partitions : null);
}
