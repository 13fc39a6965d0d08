namespace Sluice.Buffers.Tests;

/// <summary>Promises and never gives.</summary>
internal sealed class EmptyHandedHolder : IReclaimable
{
    public int Reclaimable => 1;

    public int Reclaim(int segments) => 0;
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

    public int Reclaim(int segments)
    {
        _isAsked.Set();
        Assert.True(_mayProceed.Wait(Deadline.Time), "The test did not let the holder proceed.");
        return _inner?.Reclaim(segments) ?? 0;
    }

    /// <remarks>The events stay: a background inquiry may still be reading them.</remarks>
    public void Dispose() => Proceed();
}

/// <summary>Its spill fails.</summary>
internal sealed class FailingHolder(IReclaimable? givesBefore = null, Action? doesBefore = null) : IReclaimable
{
    public int Reclaimable => 1;

    public int Reclaim(int segments)
    {
        givesBefore?.Reclaim(1);
        doesBefore?.Invoke();
        throw new IOException("no space left on device");
    }
}
