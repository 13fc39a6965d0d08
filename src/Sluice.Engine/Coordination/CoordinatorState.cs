using System.Text.Json.Serialization;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>All that a coordinator knows; what is not in here it has forgotten after a restart.</summary>
internal sealed record CoordinatorState
{
    public required JobId Job { get; init; }

    /// <summary>Tries a task has before the job fails.</summary>
    public required int MaximumTries { get; init; }

    public required List<StageState> Stages { get; init; }

    /// <summary>Free slots by worker; a worker that drains has none.</summary>
    public SortedDictionary<string, int> FreeSlots { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Seconds after the job was ordered, as of the last time it was told.</summary>
    public double Now { get; set; }

    /// <summary>Whether the journal has the job's stages yet.</summary>
    public bool IsStarted { get; set; }

    public JobPhase Phase { get; set; } = JobPhase.Running;

    /// <summary>Why the job failed: the first cause of all.</summary>
    public AttemptFailure? Cause { get; set; }

    /// <summary>The state of a job that has not started.</summary>
    public static CoordinatorState New(JobId job, IEnumerable<StageSpec> stages, int maximumTries) => new()
    {
        Job = job,
        MaximumTries = maximumTries,
        Stages = [.. stages.Select(spec => new StageState
        {
            Spec = spec,
            Tasks = [.. Enumerable.Range(0, spec.Tasks).Select(_ => new TaskState())],
        })],
    };

    public TaskState TaskOf(AttemptId attempt) =>
        Stages[attempt.Task.Stage.Value].Tasks[attempt.Task.Index];

    /// <summary>The winners of a stage, in task order.</summary>
    public IReadOnlyList<ProducerWin> ProducersOf(int stage)
    {
        List<ProducerWin> producers = [];
        for (int index = 0; index < Stages[stage].Tasks.Count; index++)
        {
            if (Stages[stage].Tasks[index].Winner is AttemptWin winner)
            {
                AttemptId attempt = new(new TaskId(new StageId(stage), index), winner.Number);
                producers.Add(
                    new ProducerWin(attempt, winner.Worker, winner.Result.Runs) { Span = winner.Result.Span });
            }
        }

        return producers;
    }

    public int RunningOn(string worker)
    {
        int running = 0;
        foreach (TaskState task in Stages.SelectMany(stage => stage.Tasks))
        {
            foreach ((_, string where) in task.Running)
            {
                running += where == worker ? 1 : 0;
            }
        }

        return running;
    }

    /// <summary>All attempts that run.</summary>
    public IEnumerable<AttemptId> AllRunning() =>
        Stages.SelectMany((stage, number) => stage.Tasks.SelectMany((task, index) =>
            task.Running.Keys.Select(attempt => new AttemptId(new TaskId(new StageId(number), index), attempt))));

    /// <summary>All workers that run an attempt or hold a winner's output.</summary>
    public IEnumerable<string> AllWorkers() => Stages.SelectMany(stage => stage.Tasks)
        .SelectMany(task => task.Running.Values.Concat(task.Winner is null ? [] : [task.Winner.Worker]))
        .Distinct(StringComparer.Ordinal);

    public bool AnyRunning() => Stages.Exists(stage => stage.Tasks.Exists(task => task.Running.Count > 0));

    /// <summary>Ends an attempt and gives its slot back.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="refused">Whether what it tells does not count.</param>
    /// <returns>The worker where it ran; null when it does not run.</returns>
    public string? End(AttemptId attempt, out bool refused)
    {
        TaskState task = TaskOf(attempt);
        refused = task.Refused.Remove(attempt.Number);
        task.Since.Remove(attempt.Number);
        if (!task.Running.Remove(attempt.Number, out string? worker))
        {
            return null;
        }

        if (FreeSlots.TryGetValue(worker, out int free))
        {
            FreeSlots[worker] = free + 1;
        }

        return worker;
    }
}

/// <summary>What a coordinator must know of a stage.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Tasks">How many tasks it has.</param>
/// <param name="Upstream">Stages that must be done before it starts.</param>
/// <param name="Reads">The stage whose outputs it fetches, if any; one of <paramref name="Upstream"/>.</param>
/// <param name="Commits">Whether its tasks write the job's output.</param>
internal sealed record StageSpec(string Name, int Tasks, IReadOnlyList<int> Upstream, int? Reads, bool Commits)
{
    /// <summary>
    /// Whether its tasks write fewer records than they collect, as many as their memory made them: two attempts at one
    /// task may write other records that mean the same.
    /// </summary>
    public bool Combines { get; init; }
}

/// <summary>One stage as it stands.</summary>
internal sealed record StageState
{
    public required StageSpec Spec { get; init; }

    public required List<TaskState> Tasks { get; init; }

    /// <summary>Whether its outputs were given up because nobody can need them any more.</summary>
    public bool IsReleased { get; set; }

    [JsonIgnore]
    public bool IsDone => Tasks.TrueForAll(task => task.Winner is not null);
}

/// <summary>One task as it stands.</summary>
internal sealed record TaskState
{
    /// <summary>Attempts started so far; the next one's number is one more.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts that failed by themselves; those lost with their worker do not count.</summary>
    public int FailedTries { get; set; }

    /// <summary>Workers of the attempts that run now, by number.</summary>
    public SortedDictionary<int, string> Running { get; init; } = [];

    /// <summary>When those were started, seconds after the job was ordered.</summary>
    public SortedDictionary<int, double> Since { get; init; } = [];

    /// <summary>Attempts that still run and read what has been replaced since: whatever they tell is refused.</summary>
    public List<int> Refused { get; init; } = [];

    /// <summary>Where it has failed: other workers are tried first.</summary>
    public List<string> FailedOn { get; init; } = [];

    /// <summary>Workers on whose own disks its input lies: they are tried first.</summary>
    public HashSet<string> Near { get; init; } = [];

    /// <summary>The attempt whose work counts.</summary>
    public AttemptWin? Winner { get; set; }

    /// <summary>What a winner had written whose output was lost: a rerun must write the same.</summary>
    public IReadOnlyList<RecordSum>? LostSums { get; set; }

    /// <summary>Why its first failed try failed.</summary>
    public AttemptFailure? FirstCause { get; set; }

    /// <summary>Refuses whatever the attempts will tell that run now.</summary>
    public void RefuseRunning() => Refused.AddRange(Running.Keys.Except(Refused).ToList());
}

/// <summary>An attempt whose work counts.</summary>
/// <param name="Number">The attempt's number.</param>
/// <param name="Worker">Where it ran, and where its output is.</param>
/// <param name="Result">What it told.</param>
internal sealed record AttemptWin(int Number, string Worker, AttemptResult Result)
{
    /// <summary>How long it ran.</summary>
    public double Seconds { get; init; }
}

/// <summary>What an attempt tells the coordinator when it ends well.</summary>
internal sealed record AttemptResult
{
    /// <summary>Sorted runs of its output.</summary>
    public int Runs { get; init; }

    /// <summary>What it wrote into its shuffle, per partition.</summary>
    public IReadOnlyList<RecordSum> Written { get; init; } = [];

    /// <summary>What it read from its shuffle, per producer.</summary>
    public IReadOnlyList<RecordSum> Read { get; init; } = [];

    /// <summary>What it yields to later stages.</summary>
    public byte[]? Value { get; init; }

    /// <summary>W3C trace parent of its span; null when it had none.</summary>
    public string? Span { get; init; }
}

/// <summary>Why an attempt failed.</summary>
/// <param name="Error">What happened, as the user is told.</param>
/// <param name="CanRetry">Whether another try could help.</param>
/// <param name="Detail">The whole cause with its stack, for -v.</param>
internal sealed record AttemptFailure(SluiceError Error, bool CanRetry, string Detail);

/// <summary>How far a job is.</summary>
internal enum JobPhase
{
    /// <summary>Tasks run.</summary>
    Running,

    /// <summary>Every task has won; the output is moved into place.</summary>
    Publishing,

    /// <summary>It stopped; attempts that still run are waited for.</summary>
    Stopping,

    /// <summary>It is over.</summary>
    Ended,
}
