using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>What a coordinator wants done; its host does it in order.</summary>
internal abstract record CoordinatorCommand;

/// <summary>Write this down before anything that follows is done.</summary>
internal sealed record WriteJournal(JournalEntry Entry) : CoordinatorCommand;

/// <summary>Start an attempt on a worker.</summary>
/// <param name="Attempt">Which.</param>
/// <param name="Worker">Where.</param>
/// <param name="Producers">The winners it fetches from, in task order.</param>
/// <param name="Values">What earlier stages yielded, by stage.</param>
internal sealed record StartAttempt(
    AttemptId Attempt, string Worker, IReadOnlyList<ProducerWin> Producers, IReadOnlyDictionary<int, byte[]> Values)
    : CoordinatorCommand
{
    /// <summary>W3C trace parent of the attempt's span; null makes none.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A producer's winning attempt.</summary>
internal sealed record ProducerWin(AttemptId Attempt, string Worker, int Runs)
{
    /// <summary>W3C trace parent of its span; null when it had none, or there are too many.</summary>
    public string? Span { get; init; }
}

/// <summary>Stop an attempt; <see cref="AttemptStopped"/> follows, or one of the other ends.</summary>
internal sealed record CancelAttempt(AttemptId Attempt, string Worker) : CoordinatorCommand;

/// <summary>Throw away what an attempt made: it came too late, or is not needed any more.</summary>
internal sealed record DiscardOutput(AttemptId Attempt, string Worker) : CoordinatorCommand;

/// <summary>
/// Give back one partition of every output of a stage: its consumer has committed and cannot run again.
/// </summary>
internal sealed record DiscardPartition(IReadOnlyList<ProducerWin> Producers, int Partition) : CoordinatorCommand;

/// <summary>Move the winners of the last stage into place.</summary>
/// <param name="Winners">Attempt numbers in task order.</param>
internal sealed record PublishOutput(IReadOnlyList<int> Winners) : CoordinatorCommand;

/// <summary>The job is over.</summary>
/// <param name="Failure">Why it failed; null when it succeeded.</param>
internal sealed record FinishJob(AttemptFailure? Failure) : CoordinatorCommand;

/// <summary>One line of the journal.</summary>
/// <param name="Kind">`ordered`, `started`, `resumed`, `attempt`, `won`, `lost`, `publishing`, `published` or
/// `failed`.</param>
/// <param name="Stage">Number of the stage.</param>
/// <param name="Task">Index of the task.</param>
/// <param name="Attempt">Number of the attempt.</param>
/// <param name="Worker">Where it runs, or where its output is.</param>
/// <param name="Result">What an attempt that won told.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record JournalEntry(
    string Kind, int? Stage, int? Task, int? Attempt, string? Worker, AttemptResult? Result, SluiceError? Error)
{
    /// <summary>The job, in the first entry.</summary>
    public JobId? Job { get; init; }

    /// <summary>How the job was ordered, before it started.</summary>
    public JobOrder? Order { get; init; }

    /// <summary>How it was planned, with its order: whoever goes on must plan the same.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Seconds after the job was ordered.</summary>
    public double? At { get; init; }

    /// <summary>What an attempt that won counted.</summary>
    public TaskOutcome? Outcome { get; init; }

    /// <summary>The slow attempt that this one is to overtake.</summary>
    public int? Overtakes { get; init; }

    /// <summary>Its stages, in the first entry.</summary>
    public IReadOnlyList<StageSpec>? Stages { get; init; }
}
