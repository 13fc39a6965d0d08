using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>Small plans and what their tasks would write.</summary>
internal static class Plans
{
    public const int Tries = 3;

    /// <summary>map, reduce.</summary>
    public static StageSpec[] Shuffle(int maps, int partitions) =>
        [new("map", maps, [], null, false), new("reduce", partitions, [0], 0, true)];

    /// <summary>sample, map, sort.</summary>
    public static StageSpec[] Sort(int maps, int partitions) =>
        [new("sample", 1, [], null, false), new("map", maps, [0], null, false), new("sort", partitions, [1], 1, true)];

    /// <summary>map, group, top.</summary>
    public static StageSpec[] Chain(int maps, int groups) =>
        [new("map", maps, [], null, false), new("group", groups, [0], 0, false), new("top", 1, [1], 1, true)];

    /// <summary>map, a sample of what it writes, group, sort.</summary>
    public static StageSpec[] Resort(int maps, int groups, int partitions) =>
    [
        new("map", maps, [], null, false),
        new("sample", 1, [0], 0, false),
        new("group", groups, [0, 1], 0, false),
        new("sort", partitions, [2], 2, true),
    ];

    public static Coordinator Start(params StageSpec[] stages) =>
        new(CoordinatorState.New(JobId.New(), stages, Tries));

    public static AttemptId Attempt(int stage, int task, int number) =>
        new(new TaskId(new StageId(stage), task), number);

    /// <summary>What a task of a stage writes for a partition of its shuffle.</summary>
    public static RecordSum SumOf(int stage, int task, int partition) =>
        new(task + partition + 1, (UInt128)(((stage + 1) * 10_007) + (task * 101) + partition + 1));

    /// <summary>What an attempt tells that did everything right.</summary>
    public static AttemptResult Result(IReadOnlyList<StageSpec> stages, TaskId task)
    {
        int number = task.Stage.Value;
        int? reads = stages[number].Reads;
        int readers = stages.Where(stage => stage.Reads == number).Select(stage => stage.Tasks).DefaultIfEmpty().Max();
        return new AttemptResult
        {
            Runs = 1,
            Written =
                [.. Enumerable.Range(0, readers).Select(partition => SumOf(number, task.Index, partition))],
            Read = reads is int from
                ? [.. Enumerable.Range(0, stages[from].Tasks).Select(producer => SumOf(from, producer, task.Index))]
                : [],
            Value = stages[number].Name == "sample" ? [1, 2, 3] : null,
        };
    }

    public static AttemptFailure Failure(string what, bool canRetry = true) =>
        new(new SluiceError("SLU9999", ErrorKind.JobFailed, what, "here", "help"), canRetry, what);
}
