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
    private readonly SegmentLender _lender;
    private readonly PoolShare _share;

    internal LocalBufferPool(NetworkBufferPool pool, SegmentLender lender, PoolShare share)
    {
        _pool = pool;
        _lender = lender;
        _share = share;
    }

    public string Owner => _share.Owner;

    public int Minimum => _share.Minimum;

    public int Maximum => _share.Maximum;

    public int Lent
    {
        get
        {
            using ExactLedger exact = _lender.EnterExact();
            return _share.Lent;
        }
    }

    public int Available
    {
        get
        {
            using ExactLedger exact = _lender.EnterExact();
            return _share.IsDestroyed ? 0 : exact.Ledger.AvailableTo(_share);
        }
    }

    /// <summary>
    /// Buffers held beyond the maximum: drawn over, or not yet back since <see cref="Resize"/> lowered it.
    /// </summary>
    public int Overdrawn
    {
        get
        {
            using ExactLedger exact = _lender.EnterExact();
            return _share.Overdrawn;
        }
    }

    /// <summary>
    /// Buffers it can count on when others take their part too: the minimum, and a fair part of all that is guaranteed
    /// to nobody, by what each pool holds and waits for. 0 when destroyed.
    /// </summary>
    /// <remarks>
    /// The parts of all pools add up to what there is to divide, or to what is wanted. A waiter whose pool holds less
    /// than this is served before one whose pool holds more.
    /// </remarks>
    public int FairSize
    {
        get
        {
            using ExactLedger exact = _lender.EnterExact();
            return exact.Ledger.FairSizeOf(_share);
        }
    }

    internal PoolShare Share => _share;

    internal NetworkBufferPool Pool => _pool;

    /// <summary>Buffers that a subpartition holds now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such subpartition.</exception>
    public int LentTo(int subpartition)
    {
        using ExactLedger exact = _lender.EnterExact();
        return _share.LentTo(Known(subpartition));
    }

    public bool TryRequest(out NetworkBuffer buffer) =>
        _lender.TryRequest(_share, PoolShare.NoSubpartition, out buffer);

    public bool TryRequest(int subpartition, out NetworkBuffer buffer) =>
        _lender.TryRequest(_share, Known(subpartition), out buffer);

    public bool TryRequestOverdraft(out NetworkBuffer buffer) =>
        _lender.TryOverdraw(_share, PoolShare.NoSubpartition, out buffer);

    public bool TryRequestOverdraft(int subpartition, out NetworkBuffer buffer) =>
        _lender.TryOverdraw(_share, Known(subpartition), out buffer);

    public ValueTask<NetworkBuffer> RequestOverdraftAsync(CancellationToken cancellationToken) =>
        _lender.OverdrawAsync(_share, PoolShare.NoSubpartition, cancellationToken);

    public ValueTask<NetworkBuffer> RequestOverdraftAsync(int subpartition, CancellationToken cancellationToken) =>
        _lender.OverdrawAsync(_share, Known(subpartition), cancellationToken);

    public NetworkBuffer Request(CancellationToken cancellationToken) =>
        _lender.Request(_share, PoolShare.NoSubpartition, Timeout.InfiniteTimeSpan, cancellationToken);

    public NetworkBuffer Request(TimeSpan timeout, CancellationToken cancellationToken) =>
        _lender.Request(_share, PoolShare.NoSubpartition, Known(timeout), cancellationToken);

    public NetworkBuffer Request(int subpartition, TimeSpan timeout, CancellationToken cancellationToken) =>
        _lender.Request(_share, Known(subpartition), Known(timeout), cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(CancellationToken cancellationToken) =>
        _lender.RequestAsync(_share, PoolShare.NoSubpartition, Timeout.InfiniteTimeSpan, cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(int subpartition, CancellationToken cancellationToken) =>
        _lender.RequestAsync(_share, Known(subpartition), Timeout.InfiniteTimeSpan, cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        _lender.RequestAsync(_share, PoolShare.NoSubpartition, Known(timeout), cancellationToken);

    public ValueTask<NetworkBuffer> RequestAsync(
        int subpartition, TimeSpan timeout, CancellationToken cancellationToken) =>
        _lender.RequestAsync(_share, Known(subpartition), Known(timeout), cancellationToken);

    public ValueTask WaitUntilAvailableAsync(CancellationToken cancellationToken) =>
        _lender.WaitUntilAvailableAsync(_share, PoolShare.NoSubpartition, cancellationToken);

    public ValueTask WaitUntilAvailableAsync(int subpartition, CancellationToken cancellationToken) =>
        _lender.WaitUntilAvailableAsync(_share, Known(subpartition), cancellationToken);

    public void Recycle(NetworkBuffer buffer)
    {
        if (buffer.LentTo != _share)
        {
            throw new ArgumentException(
                $"The buffer was lent to '{buffer.LentTo?.Owner}', not to '{Owner}'; release it there.",
                nameof(buffer));
        }

        buffer.Release();
    }

    public IDisposable RegisterReclaim(IReclaimable reclaimable)
    {
        ArgumentNullException.ThrowIfNull(reclaimable);
        return _pool.Register(_share, reclaimable);
    }

    /// <summary>
    /// Changes what is guaranteed and what can be had at most, both in buffers, while the pool is in use. Buffers held
    /// beyond a lowered maximum stay valid and are taken back as they return.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The minimum is negative, or the maximum is less than 1 or than the minimum.
    /// </exception>
    /// <exception cref="InsufficientBuffersException">The minimum is more than what other guarantees leave.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    public void Resize(int minimum, int maximum) => _pool.Resize(_share, minimum, maximum);

    /// <summary>
    /// Lets the guarantee go while the pool lives on: a task that has ended keeps its pool for its finished output, and
    /// the next task gets its minimum.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    public void GiveUpMinimum() => _pool.Resize(_share, 0, null);

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
