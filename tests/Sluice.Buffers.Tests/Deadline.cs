namespace Sluice.Buffers.Tests;

/// <summary>No wait in a test is longer than this; reaching it is a failure.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(Time);

    public static Task OnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(Time);

    /// <summary>Waits until a condition that another thread brings about holds.</summary>
    public static void Await(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, Time), "The condition did not come about in time.");
}
