namespace Sluice.Engine;

/// <summary>Work that may wait for long: it gets a thread of its own, and the pool keeps its threads.</summary>
internal static class LongWork
{
    /// <summary>Begins; what it throws is the task's.</summary>
    public static Task Run(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Run(Action)"/>
    public static Task<T> Run<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
