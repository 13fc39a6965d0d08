using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Counts what a job's coordinator is told: attempts and the job's end.</summary>
/// <remarks>
/// An attempt counts once, however often its end is told: while the coordinator still has it among those that run.
/// </remarks>
internal static class JobMeasurements
{
    /// <summary>Counts an event that the coordinator has not taken in yet.</summary>
    public static void Tell(CoordinatorState state, CoordinatorEvent happened)
    {
        switch (happened)
        {
            case AttemptSucceeded succeeded:
                Count(state, succeeded.Attempt, AttemptOutcomes.Succeeded);
                break;
            case AttemptFailed failed:
                Count(state, failed.Attempt, AttemptOutcomes.Failed);
                break;
            case OutputLost lost:
                Count(state, lost.Reader, AttemptOutcomes.Lost);
                break;
            case AttemptStopped stopped:
                Count(state, stopped.Attempt, AttemptOutcomes.Cancelled);
                break;
            case WorkerLost gone:
                foreach (AttemptId attempt in state.AllRunning().Where(
                    attempt => state.TaskOf(attempt).Running[attempt.Number] == gone.Worker))
                {
                    Count(state, attempt, AttemptOutcomes.Lost);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The job is over.</summary>
    public static void Ended(AttemptFailure? failure, JobStatistics statistics)
    {
        EngineMeter.JobEnded(StatusOf(failure?.Error), statistics.Elapsed, failure?.Error);
        if (failure is null)
        {
            foreach ((string stage, double skew) in statistics.Skews())
            {
                EngineMeter.Skewed(stage, skew);
            }
        }
    }

    /// <summary>How a job that ended like this is said to stand.</summary>
    /// <param name="error">Null when it succeeded.</param>
    public static string StatusOf(SluiceError? error) => error switch
    {
        null => JobStatus.Succeeded,
        _ when error.Code == SluiceErrors.Cancelled("").Code => JobStatus.Cancelled,
        _ => JobStatus.Failed,
    };

    private static void Count(CoordinatorState state, AttemptId attempt, string outcome)
    {
        if (state.TaskOf(attempt).Running.TryGetValue(attempt.Number, out string? worker))
        {
            EngineMeter.AttemptEnded(worker, state.Stages[attempt.Task.Stage.Value].Spec.Name, outcome);
        }
    }
}
