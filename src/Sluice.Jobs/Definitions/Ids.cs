namespace Sluice.Jobs;

/// <summary>One run of one job.</summary>
public readonly record struct JobId(Guid Value)
{
    public static JobId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString("N");
}

/// <summary>One stage of a job, numbered from 0 in the order they run.</summary>
public readonly record struct StageId(int Value)
{
    public override string ToString() => $"stage {Value}";
}

/// <summary>One task of a stage, numbered from 0.</summary>
public readonly record struct TaskId(StageId Stage, int Index)
{
    public override string ToString() => $"{Stage} task {Index}";
}

/// <summary>One try of a task, numbered from 1.</summary>
public readonly record struct AttemptId(TaskId Task, int Number)
{
    public override string ToString() => $"{Task} attempt {Number}";
}
