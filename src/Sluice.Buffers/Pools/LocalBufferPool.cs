namespace Sluice.Buffers;

/// <summary>
/// One owner's pool: a share of the <see cref="NetworkBufferPool"/> with a guaranteed minimum and a maximum.
/// </summary>
/// <remarks>
/// Ownership: whoever had it made disposes it. Buffers that are still out then stay valid; each returns to the network
/// pool with its last release. Threading: any thread.
/// </remarks>
public sealed class LocalBufferPool : IBufferPool, IDisposable
{
    private readonly NetworkBufferPool _pool;
    private readonly PoolShare _share;

    internal LocalBufferPool(NetworkBufferPool pool, PoolShare share)
    {
        _pool = pool;
        _share = share;
    }

    public string Owner => _share.Owner;

    public int Minimum => _share.Minimum;

    public int Maximum => _share.Maximum;

    public int Lent => _pool.LentTo(_share);

    public int Available => _pool.AvailableTo(_share);

    internal PoolShare Share => _share;

    internal NetworkBufferPool Pool => _pool;

    public bool TryRequest(out NetworkBuffer buffer) =>
        _pool.TryRequest(_share, PoolShare.NoSubpartition, out buffer);

    public bool TryRequest(int subpartition, out NetworkBuffer buffer) =>
        _pool.TryRequest(_share, Known(subpartition), out buffer);

    public NetworkBuffer Request(CancellationToken cancellationToken) =>
        _pool.Request(_share, PoolShare.NoSubpartition, Timeout.InfiniteTimeSpan, cancellationToken);

    public NetworkBuffer Request(TimeSpan timeout, CancellationToken cancellationToken) =>
        _pool.Request(_share, PoolShare.NoSubpartition, Known(timeout), cancellationToken);

    public NetworkBuffer Request(int subpartition, TimeSpan timeout, CancellationToken cancellationToken) =>
        _pool.Request(_share, Known(subpartition), Known(timeout), cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(CancellationToken cancellationToken) =>
        _pool.RequestAsync(_share, PoolShare.NoSubpartition, cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(int subpartition, CancellationToken cancellationToken) =>
        _pool.RequestAsync(_share, Known(subpartition), cancellationToken);

    public IDisposable RegisterReclaim(IReclaimable reclaimable)
    {
        ArgumentNullException.ThrowIfNull(reclaimable);
        return _pool.Register(_share, reclaimable);
    }

    /// <summary>
    /// Lets the guarantee go while the pool lives on: a task that has ended keeps its pool for its finished output, and
    /// the next task gets its minimum.
    /// </summary>
    public void GiveUpMinimum() => _pool.GiveUpMinimum(_share);

    /// <summary>
    /// Destroys the pool. Its waiters end with <see cref="ObjectDisposedException"/>. Further calls do nothing.
    /// </summary>
    public void Dispose() => _pool.DestroyBufferPool(this);

    internal static ObjectDisposedException Destroyed(string owner) =>
        new(nameof(LocalBufferPool), $"The buffer pool of '{owner}' was destroyed.");

    private int Known(int subpartition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(subpartition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(subpartition, _share.Subpartitions);
        return subpartition;
    }

    private static TimeSpan Known(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        return timeout;
    }
}
