using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Makes of a journal the state that its coordinator had, as far as it was written down.</summary>
/// <remarks>
/// Failed tries are not in the journal: after a restart a task has all its tries again. Attempts that no line ends
/// count as running on their worker; whoever goes on asks the workers, and tells of those that do not run any more.
/// </remarks>
internal static class JobReplay
{
    // Thirty years, in seconds: what says more was never written.
    private const double LongestJob = 1e9;

    /// <summary>
    /// What a journal says is done was done for the splits of its plan: with others, records would be lost or doubled.
    /// </summary>
    /// <param name="fingerprint">Of the job as it is prepared now.</param>
    /// <param name="entries">The journal's lines.</param>
    /// <exception cref="IOException">The job began with another plan, or other input files.</exception>
    public static void CheckPlan(string fingerprint, IEnumerable<JournalEntry> entries)
    {
        string? begun = entries.FirstOrDefault(entry => entry.Fingerprint is not null)?.Fingerprint;
        if (begun is not null && begun != fingerprint)
        {
            throw new IOException(
                "The job cannot go on: its input files, or what its class makes of them, " +
                "are not what they were when it began.");
        }
    }

    /// <param name="state">Of a new job with the same stages.</param>
    /// <param name="entries">The journal's lines, in order.</param>
    /// <exception cref="IOException">A line tells of what the job does not have, or lacks what it tells of.</exception>
    public static void Into(CoordinatorState state, IEnumerable<JournalEntry> entries)
    {
        foreach (JournalEntry entry in entries)
        {
            if (!Fits(state, entry))
            {
                throw new IOException($"The journal has a line, '{entry.Kind}', that does not fit the job's plan.");
            }

            state.Now = Math.Max(state.Now, entry.At ?? 0);
            switch (entry.Kind)
            {
                case "started":
                    state.IsStarted = true;
                    break;
                case "attempt":
                    TaskState started = TaskOf(state, entry);
                    started.Attempts = Math.Max(started.Attempts, entry.Attempt!.Value);
                    started.Running[entry.Attempt.Value] = entry.Worker!;
                    started.Since[entry.Attempt.Value] = state.Now;
                    break;
                case "won":
                    TaskState won = TaskOf(state, entry);
                    double since = won.Since.GetValueOrDefault(entry.Attempt!.Value, state.Now);
                    won.Winner = new AttemptWin(entry.Attempt.Value, entry.Worker!, entry.Result!)
                    {
                        Seconds = state.Now - since,
                    };
                    won.Running.Remove(entry.Attempt.Value);
                    won.Since.Remove(entry.Attempt.Value);
                    Refuse(state, entry, won.LostSums ?? entry.Result!.Written);
                    break;
                case "lost":
                    TaskState lost = TaskOf(state, entry);
                    lost.LostSums = lost.Winner?.Result.Written ?? lost.LostSums;
                    lost.Winner = null;
                    break;
                case "failed":
                    state.Phase = JobPhase.Stopping;
                    state.Cause = new AttemptFailure(entry.Error!, false, entry.Error!.What);
                    break;
                default:
                    // `ordered`, `resumed`, `publishing`: what is published halfway is rolled back and published anew.
                    break;
            }
        }
    }

    // Who was reading what a rerun then replaced: cancelled or not, what it tells does not count.
    private static void Refuse(CoordinatorState state, JournalEntry won, IReadOnlyList<RecordSum> lost)
    {
        TaskId producer = new(new StageId(won.Stage!.Value), won.Task!.Value);
        foreach ((_, TaskState reader) in
            ShuffleCertificate.ReadersOfChanged(state, producer, lost, won.Result!.Written))
        {
            reader.RefuseRunning();
        }
    }

    private static bool Fits(CoordinatorState state, JournalEntry entry)
    {
        bool hasStage = (uint)(entry.Stage ?? -1) < (uint)state.Stages.Count;
        bool hasTask = hasStage && (uint)(entry.Task ?? -1) < (uint)state.Stages[entry.Stage!.Value].Tasks.Count;
        bool hasAttempt = hasTask && entry is { Attempt: > 0, Worker: not null };
        return entry.Kind switch
        {
            "attempt" => hasAttempt,
            "won" => hasAttempt && entry.Result is { Written: not null, Read: not null },
            "lost" => hasTask,
            "failed" => entry.Error is { Code: not null, What: not null, Where: not null, Help: not null },
            null => false,
            _ => (entry.Stage is null || hasStage) && (entry.Task is null || hasTask),
        } && (entry.At ?? 0) is >= 0 and < LongestJob;
    }

    private static TaskState TaskOf(CoordinatorState state, JournalEntry entry) =>
        state.Stages[entry.Stage!.Value].Tasks[entry.Task!.Value];
}
