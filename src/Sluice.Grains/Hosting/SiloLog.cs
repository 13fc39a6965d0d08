using Microsoft.Extensions.Logging;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Every line that a silo logs. Ids keep their meaning for ever; docs/observability.md lists them.</summary>
/// <remarks>
/// No line quotes what a user's code threw or a record held: errors are named by their code and place, and `sluice jobs
/// show` tells the rest to whoever may see it.
/// </remarks>
internal static partial class SiloLog
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "Silo {Silo} takes {Slots} tasks at once; its pool has {Segments} segments of {SegmentSize} bytes.")]
    public static partial void SiloStarted(this ILogger logger, string silo, int slots, int segments, int segmentSize);

    [LoggerMessage(2, LogLevel.Information, "Silo {Silo} drains: it takes no tasks any more.")]
    public static partial void SiloDrains(this ILogger logger, string silo);

    [LoggerMessage(3, LogLevel.Information, "{Attempt} runs.")]
    public static partial void AttemptStarted(this ILogger logger, AttemptId attempt);

    [LoggerMessage(4, LogLevel.Warning, "Job {Job} cannot be planned here: {Type}.")]
    public static partial void PlanFailed(this ILogger logger, JobId job, string type);

    [LoggerMessage(10, LogLevel.Warning, "The end of {Attempt} could not be told to its job; trying again.")]
    public static partial void EndUntold(this ILogger logger, Exception exception, AttemptId attempt);

    [LoggerMessage(11, LogLevel.Warning, "{Attempt} failed with {Code} at {Where}.")]
    public static partial void AttemptFailed(this ILogger logger, AttemptId attempt, string code, string where);

    [LoggerMessage(20, LogLevel.Information, "Job {Job} goes on from its journal, epoch {Epoch}.")]
    public static partial void JobResumed(this ILogger logger, JobId job, int epoch);

    [LoggerMessage(21, LogLevel.Warning, "Job {Job} cannot go on yet: {Type}.")]
    public static partial void JobNotResumed(this ILogger logger, Exception? exception, JobId job, string type);

    [LoggerMessage(22, LogLevel.Warning, "Silo {Silo} cannot run job {Job}: {Code} at {Where}.")]
    public static partial void SiloUnfit(this ILogger logger, string silo, JobId job, string code, string where);

    [LoggerMessage(23, LogLevel.Warning, "Silo {Silo} is gone; job {Job} does its lost work again.")]
    public static partial void SiloLost(this ILogger logger, string silo, JobId job);

    [LoggerMessage(24, LogLevel.Warning, "Job {Job} failed with {Code} at {Where}.")]
    public static partial void JobFailed(this ILogger logger, JobId job, string code, string where);

    [LoggerMessage(25, LogLevel.Warning, "Silo {Silo} was not told that job {Job} is over.")]
    public static partial void SiloDeaf(this ILogger logger, Exception exception, string silo, JobId job);

    [LoggerMessage(26, LogLevel.Warning, "Job {Job} could not be written to the history.")]
    public static partial void JobForgotten(this ILogger logger, Exception exception, JobId job);

    [LoggerMessage(27, LogLevel.Warning, "Silo {Silo} does not answer; job {Job} goes on without it for now.")]
    public static partial void SiloSilent(this ILogger logger, Exception exception, string silo, JobId job);

    [LoggerMessage(28, LogLevel.Warning, "What job {Job} left in its output could not be removed.")]
    public static partial void OutputLeft(this ILogger logger, Exception exception, JobId job);

    [LoggerMessage(29, LogLevel.Warning, "The history does not tell of job {Job}.")]
    public static partial void HistoryUnread(this ILogger logger, Exception exception, JobId job);

    [LoggerMessage(30, LogLevel.Debug, "The host of job {Job} did not hear this silo.")]
    public static partial void HeartbeatUnheard(this ILogger logger, Exception exception, JobId job);

    [LoggerMessage(31, LogLevel.Warning, "The history does not tell of its jobs.")]
    public static partial void HistoryUnlisted(this ILogger logger, Exception exception);

    [LoggerMessage(32, LogLevel.Information, "Job {Job} runs on {Silos} silos.")]
    public static partial void JobStarted(this ILogger logger, JobId job, int silos);

    [LoggerMessage(33, LogLevel.Information, "Job {Job} is over: {Status}.")]
    public static partial void JobEnded(this ILogger logger, JobId job, string status);

    [LoggerMessage(34, LogLevel.Warning, "Job {Job} is planned anew: silo {Silo} died while it planned it.")]
    public static partial void JobPlannedAnew(this ILogger logger, JobId job, string silo);

    [LoggerMessage(35, LogLevel.Debug, "A silo died, and its jobs could not be asked for; trying again.")]
    public static partial void JobsUnasked(this ILogger logger, Exception exception);

    [LoggerMessage(
        36, LogLevel.Warning, "Silo {Silo} ends, and buffers were never given back to it: {Count}. {Holders}.")]
    public static partial void BuffersLeaked(this ILogger logger, string silo, int count, string holders);
}
