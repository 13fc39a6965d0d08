namespace Sluice.Buffers;

/// <summary>Until when a request waits, by the clock of its pool.</summary>
/// <remarks>Begins when it is made. Rounded nowhere, so that it is over neither early nor late.</remarks>
internal readonly struct RequestDeadline(TimeProvider time, TimeSpan timeout)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary><see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan Timeout => timeout;

    public bool IsInfinite => timeout == System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>What is left; zero or less when it is over.</summary>
    public TimeSpan Left => IsInfinite ? TimeSpan.MaxValue : timeout - time.GetElapsedTime(_started);

    /// <summary>
    /// Makes a waiter look again at the end, when the clock is not the machine's own: its pauses are measured by that.
    /// </summary>
    public ITimer? NudgeAtEnd(BufferWaiter waiter) => IsInfinite || time == TimeProvider.System
        ? null
        : time.CreateTimer(
            static state => ((BufferWaiter)state!).Nudge(), waiter, timeout, System.Threading.Timeout.InfiniteTimeSpan);
}
