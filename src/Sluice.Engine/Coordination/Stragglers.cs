namespace Sluice.Engine;

/// <summary>
/// Finds tasks that take much longer than the others of their stage: read off the state, decided nowhere else.
/// </summary>
/// <remarks>
/// A second attempt is worth its slot when half of the stage shows how long a task takes, and the slow one has had half
/// as long again, and <see cref="Lead"/> more. It runs on another worker, for what slows a task down is mostly its
/// worker: so a job in one process has none. It never takes a task's last try.
/// </remarks>
internal static class Stragglers
{
    /// <summary>A stage with fewer tasks does not show how long a task takes.</summary>
    public const int FewestTasks = 4;

    /// <summary>How many times as long as the median a task may take.</summary>
    public const double Patience = 1.5;

    /// <summary>Seconds that a task may take at least beyond the median: less is not worth doing work twice.</summary>
    public const double Lead = 10;

    /// <summary>Whether a task's one attempt is so late that another is to overtake it.</summary>
    public static bool IsLate(CoordinatorState state, StageState stage, TaskState task)
    {
        if (task.Winner is not null || task.Running.Count != 1 || task.FailedTries + 1 >= state.MaximumTries)
        {
            return false;
        }

        double elapsed = state.Now - task.Since.GetValueOrDefault(task.Running.Keys.First(), state.Now);
        return elapsed > Lead && Median(stage) is double median && elapsed > Math.Max(Patience * median, median + Lead);
    }

    /// <summary>
    /// The worker with most free slots that does not run the task; one where it has failed only when no other has any.
    /// </summary>
    /// <returns>Null when there is none.</returns>
    public static string? ChooseWorker(CoordinatorState state, TaskState task) =>
        StageOrder.ChooseWorker(state, task, worker => !task.Running.ContainsValue(worker));

    // Seconds of the stage's tasks that are done; null while they are too few to tell.
    private static double? Median(StageState stage)
    {
        double[] done = [.. stage.Tasks.Select(task => task.Winner?.Seconds).OfType<double>().Order()];
        return stage.Tasks.Count >= FewestTasks && done.Length * 2 >= stage.Tasks.Count ? done[done.Length / 2] : null;
    }
}
