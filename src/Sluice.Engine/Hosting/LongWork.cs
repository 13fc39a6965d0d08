using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Work that may wait for long: it gets a thread of its own, and the pool keeps its threads.</summary>
/// <remarks>Where the system starts no more threads it is done on one of the pool's: a job's end depends on it.</remarks>
internal static class LongWork
{
    /// <summary>Begins; what it throws is the task's.</summary>
    public static Task Run(Action work) => Run(
        () =>
        {
            work();
            return true;
        });

    /// <inheritdoc cref="Run(Action)"/>
    public static Task<T> Run<T>(Func<T> work) =>
        Run(work, static begin => ProcessLimits.StartThread("sluice-work", begin));

    /// <inheritdoc cref="Run(Action)"/>
    /// <param name="work">What is done.</param>
    /// <param name="start">Starts a thread.</param>
    internal static Task<T> Run<T>(Func<T> work, Action<Action> start)
    {
        Task<T> task = new(work, TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            start(() => task.RunSynchronously(TaskScheduler.Default));
        }
        catch (ThreadLimitException)
        {
            task.Start(TaskScheduler.Default);
        }

        return task;
    }
}
