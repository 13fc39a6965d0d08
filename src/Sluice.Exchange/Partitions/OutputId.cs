namespace Sluice.Exchange;

/// <summary>Whose output it is: one attempt of one task.</summary>
/// <remarks>
/// The attempt's number is part of it, so that a late attempt's output is never taken for a newer one's.
/// </remarks>
/// <param name="Job">The job.</param>
/// <param name="Stage">Number of the stage in the job.</param>
/// <param name="Task">Index of the task in the stage.</param>
/// <param name="Attempt">Number of the attempt, from 1.</param>
public readonly record struct OutputId(Guid Job, int Stage, int Task, int Attempt)
{
    public override string ToString() => $"stage {Stage} task {Task} attempt {Attempt}";
}

/// <summary>
/// Which attempt reads; its job is that of the output it reads, and its task that of the subpartition.
/// </summary>
/// <param name="Stage">Number of the stage in the job.</param>
/// <param name="Attempt">Number of the attempt, from 1.</param>
public readonly record struct ReaderId(int Stage, int Attempt);

/// <summary>One row of blocks to fetch: a subpartition of one run of one output, and who reads it.</summary>
/// <remarks>
/// Two attempts of a task may read the same row at the same time; each has a channel of its own, with its own sequence
/// and acknowledgements.
/// </remarks>
/// <param name="Output">The producer's output.</param>
/// <param name="Run">Index of the run.</param>
/// <param name="Subpartition">Which part of the output.</param>
/// <param name="Reader">Which attempt reads it.</param>
public readonly record struct ChannelId(OutputId Output, int Run, int Subpartition, ReaderId Reader = default)
{
    public override string ToString() => $"{Output} run {Run} partition {Subpartition}";
}
