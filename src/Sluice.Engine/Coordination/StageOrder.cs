namespace Sluice.Engine;

/// <summary>What may start, what is still needed and what may go: read off the state, decided nowhere else.</summary>
internal static class StageOrder
{
    /// <summary>
    /// Whether a stage's tasks may take slots now: all stages before it are done. Starting a reader while its producers
    /// run would be allowed too; then it would hold a slot that they may need, and a job must run with one.
    /// </summary>
    public static bool MayStart(CoordinatorState state, int stage) =>
        IsNeeded(state, stage) && state.Stages[stage].Spec.Upstream.All(upstream => state.Stages[upstream].IsDone);

    /// <summary>Whether what a stage makes is still wanted: nobody reruns an output that all have read.</summary>
    public static bool IsNeeded(CoordinatorState state, int stage)
    {
        int[] readers = [.. Readers(state, stage)];
        return readers.Length == 0 || readers.Any(reader => !state.Stages[reader].IsDone && IsNeeded(state, reader));
    }

    /// <summary>
    /// Whether nobody can need a stage's outputs any more: its readers have won, and cannot lose what they made of
    /// them.
    /// </summary>
    public static bool MayRelease(CoordinatorState state, int stage)
    {
        int[] readers = [.. Readers(state, stage)];
        return readers.Length > 0 && readers.All(reader => state.Stages[reader].IsDone &&
            (state.Stages[reader].IsReleased || !Readers(state, reader).Any()));
    }

    /// <summary>Whether all is made that somebody wants.</summary>
    public static bool IsComplete(CoordinatorState state) =>
        Enumerable.Range(0, state.Stages.Count).All(stage => state.Stages[stage].IsDone || !IsNeeded(state, stage));

    /// <summary>The worker with most free slots; one where the task has failed only when no other has any.</summary>
    /// <returns>Null when no slot is free.</returns>
    public static string? ChooseWorker(CoordinatorState state, TaskState task) => ChooseWorker(state, task, _ => true);

    /// <summary>The same among some of the workers; of equal ones the first in the order of their names.</summary>
    public static string? ChooseWorker(CoordinatorState state, TaskState task, Func<string, bool> mayRun)
    {
        string? chosen = null;
        (bool Failed, int Free) best = default;
        foreach ((string worker, int free) in state.FreeSlots)
        {
            if (free <= 0 || !mayRun(worker))
            {
                continue;
            }

            bool failed = task.FailedOn.Contains(worker);
            int order = best.Failed.CompareTo(failed);
            order = order != 0 ? order : free.CompareTo(best.Free);
            order = order != 0 ? order : string.CompareOrdinal(chosen, worker);
            if (chosen is null || order > 0)
            {
                chosen = worker;
                best = (failed, free);
            }
        }

        return chosen;
    }

    /// <summary>Whether any worker has a slot for one more attempt.</summary>
    public static bool AnySlotFree(CoordinatorState state)
    {
        foreach ((_, int free) in state.FreeSlots)
        {
            if (free > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The stages that fetch a stage's outputs.</summary>
    public static IEnumerable<int> Readers(CoordinatorState state, int stage)
    {
        for (int reader = 0; reader < state.Stages.Count; reader++)
        {
            if (state.Stages[reader].Spec.Reads == stage)
            {
                yield return reader;
            }
        }
    }
}
