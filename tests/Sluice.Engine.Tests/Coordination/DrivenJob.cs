using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>A coordinator whose events a test chooses one by one.</summary>
internal sealed class DrivenJob(params StageSpec[] stages)
{
    private readonly Coordinator _coordinator = Plans.Start(stages);

    /// <summary>Every command so far.</summary>
    public List<CoordinatorCommand> All { get; } = [];

    /// <summary>The journal's lines, with their times.</summary>
    public List<JournalEntry> Journal { get; } = [];

    /// <summary>What the last event led to.</summary>
    public IReadOnlyList<CoordinatorCommand> Last { get; private set; } = [];

    public FinishJob? Finished => All.OfType<FinishJob>().SingleOrDefault();

    public DrivenJob Tell(CoordinatorEvent happened)
    {
        Last = _coordinator.Handle(happened);
        All.AddRange(Last);
        Journal.AddRange(Last.OfType<WriteJournal>().Select(write => write.Entry with { At = _coordinator.State.Now }));
        return this;
    }

    public DrivenJob Join(string worker, int slots) => Tell(new WorkerJoined(worker, slots));

    public DrivenJob Succeed(int stage, int task, int number) => Succeed(stage, task, number, result => result);

    public DrivenJob Succeed(int stage, int task, int number, Func<AttemptResult, AttemptResult> change)
    {
        AttemptId attempt = Plans.Attempt(stage, task, number);
        return Tell(new AttemptSucceeded(attempt, change(Plans.Result(stages, attempt.Task))));
    }

    public DrivenJob Fail(int stage, int task, int number, string what, bool canRetry = true) =>
        Tell(new AttemptFailed(Plans.Attempt(stage, task, number), Plans.Failure(what, canRetry)));

    public DrivenJob LoseOutput(AttemptId reader, AttemptId producer) =>
        Tell(new OutputLost(reader, producer, Plans.Failure($"{producer} cannot be read")));

    /// <summary>(stage, task, attempt, worker) of the attempts that the last event started.</summary>
    public IEnumerable<(int Stage, int Task, int Number, string Worker)> Started =>
        Last.OfType<StartAttempt>().Select(start =>
            (start.Attempt.Task.Stage.Value, start.Attempt.Task.Index, start.Attempt.Number, start.Worker));

    public IEnumerable<AttemptId> Discarded => Last.OfType<DiscardOutput>().Select(discard => discard.Attempt);

    public static IReadOnlyList<RecordSum> Changed(IReadOnlyList<RecordSum> sums, int index) =>
        [.. sums.Select((sum, i) => i == index ? sum + new RecordSum(0, new Hash128(0, 1)) : sum)];
}
