namespace Sluice.Buffers;

/// <summary>One promise to give memory back when asked.</summary>
internal sealed class ReclaimRegistration(NetworkBufferPool pool, PoolShare share, IReclaimable target) : IDisposable
{
    private int _isBeingAsked;

    public PoolShare Share { get; } = share;

    public IReclaimable Target { get; } = target;

    /// <summary>Asks for at most that many buffers, unless another thread is asking at this moment.</summary>
    /// <returns>False when another thread is.</returns>
    public bool TryAsk(int segments, out int given, CancellationToken cancellation)
    {
        given = 0;
        if (Interlocked.CompareExchange(ref _isBeingAsked, 1, 0) != 0)
        {
            return false;
        }

        try
        {
            int wanted = Math.Min(segments, Target.Reclaimable);
            given = wanted > 0 ? Target.Reclaim(wanted, cancellation) : 0;
            return true;
        }
        finally
        {
            Volatile.Write(ref _isBeingAsked, 0);
        }
    }

    public void Dispose() => pool.Unregister(this);
}
