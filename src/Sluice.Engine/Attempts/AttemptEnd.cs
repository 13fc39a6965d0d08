using Sluice.Exchange;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>How an attempt ended, as its coordinator is told, also from another process.</summary>
internal sealed record AttemptEnd
{
    public required AttemptId Attempt { get; init; }

    /// <summary>What it made; null unless it succeeded.</summary>
    public AttemptResult? Result { get; init; }

    /// <summary>What it counted; null unless it succeeded.</summary>
    public TaskOutcome? Outcome { get; init; }

    /// <summary>Why it failed; null when it succeeded or was stopped.</summary>
    public AttemptFailure? Failure { get; init; }

    /// <summary>The producer whose output it could not read, when that is why it failed.</summary>
    public AttemptId? LostProducer { get; init; }

    /// <summary>W3C trace parent of its span; null when it had none.</summary>
    public string? Span { get; init; }

    /// <summary>Bytes that the job's outputs on its worker have moved from memory to files so far.</summary>
    /// <remarks>The sum over all of them, so that it may be told twice, late or not at all.</remarks>
    public long ReclaimedBytes { get; init; }

    /// <summary>
    /// The most that its worker's process had resident so far, bytes; 0 where nobody needs to be told.
    /// </summary>
    public long PeakMemoryBytes { get; init; }

    public static AttemptEnd Succeeded(AttemptId attempt, TaskOutcome outcome) => new()
    {
        Attempt = attempt,
        Outcome = outcome,
        Result = new AttemptResult
        {
            Runs = outcome.Output?.RunCount ?? 0,
            Written = outcome.Written,
            Read = outcome.Read,
            Value = outcome.Boundaries is null ? null : BoundaryCodec.Encode(outcome.Boundaries),
        },
    };

    public static AttemptEnd Stopped(AttemptId attempt) => new() { Attempt = attempt };

    /// <param name="attempt">Which.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="slots">Tasks that share the memory there.</param>
    public static AttemptEnd Failed(AttemptId attempt, Exception exception, int slots)
    {
        (SluiceError error, bool canRetry) = FailureTranslation.OfAttempt(exception, attempt.Task.ToString(), slots);
        return new AttemptEnd
        {
            Attempt = attempt,
            Failure = new AttemptFailure(error, canRetry, OperatorCode.DetailOf(exception)),
            LostProducer = exception is OutputLostException { Output: OutputId lost }
                ? new AttemptId(new TaskId(new StageId(lost.Stage), lost.Task), lost.Attempt)
                : null,
        };
    }

    public CoordinatorEvent ToEvent() => this switch
    {
        { Result: AttemptResult result } => new AttemptSucceeded(Attempt, result with { Span = Span }),
        { Failure: AttemptFailure failure, LostProducer: AttemptId lost } => new OutputLost(Attempt, lost, failure),
        { Failure: AttemptFailure failure } => new AttemptFailed(Attempt, failure),
        _ => new AttemptStopped(Attempt),
    };
}
