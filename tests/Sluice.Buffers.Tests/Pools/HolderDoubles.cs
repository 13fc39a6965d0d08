namespace Sluice.Buffers.Tests;

/// <summary>Promises and never gives.</summary>
internal sealed class EmptyHandedHolder : IReclaimable
{
    public int Reclaimable => 1;

    public int Reclaim(int segments, CancellationToken cancellation) => 0;
}

/// <summary>Does not return from being asked until the test lets it.</summary>
internal sealed class SlowHolder : IReclaimable, IDisposable
{
    private readonly ManualResetEventSlim _mayProceed = new();
    private readonly ManualResetEventSlim _isAsked = new();
    private readonly IReclaimable? _inner;

    public SlowHolder(IReclaimable? inner = null)
    {
        _inner = inner;
    }

    public int Reclaimable => _inner?.Reclaimable ?? 1;

    public bool AwaitAsked() => _isAsked.Wait(Deadline.Time);

    public void Proceed() => _mayProceed.Set();

    public int Reclaim(int segments, CancellationToken cancellation)
    {
        _isAsked.Set();
        Assert.True(_mayProceed.Wait(Deadline.Time, CancellationToken.None), "The test did not let the holder proceed.");
        return _inner?.Reclaim(segments, cancellation) ?? 0;
    }

    /// <remarks>The events stay: a background inquiry may still be reading them.</remarks>
    public void Dispose() => Proceed();
}

/// <summary>Waits for room on its disk, as long as what it gives is needed.</summary>
internal sealed class PatientHolder : IReclaimable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Reclaimable => 1;

    public Task Asked => _asked.Task.WaitAsync(Deadline.Time);

    /// <summary>When it waits no longer, for want of need.</summary>
    public Task Cancelled => _cancelled.Task.WaitAsync(Deadline.Time);

    public int Reclaim(int segments, CancellationToken cancellation)
    {
        _asked.TrySetResult();
        Assert.True(cancellation.WaitHandle.WaitOne(Deadline.Time), "What nobody needs is still being made.");
        _cancelled.TrySetResult();
        throw new OperationCanceledException(cancellation);
    }
}

/// <summary>Its spill fails.</summary>
internal sealed class FailingHolder(IReclaimable? givesBefore = null, Action? doesBefore = null) : IReclaimable
{
    public int Reclaimable => 1;

    public int Reclaim(int segments, CancellationToken cancellation)
    {
        givesBefore?.Reclaim(1, cancellation);
        doesBefore?.Invoke();
        throw new IOException("no space left on device");
    }
}
