namespace Sluice.Sorting;

/// <summary>Waits between the tries of something, each time twice as long.</summary>
/// <remarks>Threading: one at a time.</remarks>
public sealed class GrowingWait
{
    private readonly TimeSpan _longest;
    private TimeSpan _next;

    /// <param name="first">How long the first wait is.</param>
    /// <param name="longest">How long they become at the most.</param>
    public GrowingWait(TimeSpan first, TimeSpan longest)
    {
        _next = first;
        _longest = longest;
    }

    /// <summary>Waits once more.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    public void Wait(CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(_next);
        cancellation.ThrowIfCancellationRequested();
        _next = 2 * _next < _longest ? 2 * _next : _longest;
    }
}
