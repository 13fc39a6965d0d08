namespace Sluice.Buffers;

/// <summary>
/// All buffers of one silo. Tasks get theirs through a <see cref="LocalBufferPool"/> with a guaranteed share.
/// </summary>
/// <remarks>
/// One short lock guards the <see cref="SegmentLedger"/>; no thread waits, calls back or reads a clock under it.
/// Ownership: made once per silo and disposed with it. The memory itself goes when it is disposed and the last buffer
/// is back.
/// Invariant: <see cref="Free"/> + <see cref="Lent"/> = <see cref="Total"/> at every moment, also after local pools
/// were destroyed with buffers still out.
/// </remarks>
public sealed class NetworkBufferPool : IBufferPoolFactory, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CoarseClock _clock;
    private readonly IBufferLifecycle? _lifecycle;
    private readonly PoolMemory _memory;
    private readonly HolderInquiry _inquiry;

    // Guarded by _gate.
    private readonly SegmentLedger _ledger;
    private bool _isDisposed;
    private bool _isMemoryFreed;

    public NetworkBufferPool(NetworkBufferPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _clock = new CoarseClock(options.TimeProvider);
        _lifecycle = options.Lifecycle;
        SegmentSize = options.SegmentSize;
        _memory = new PoolMemory(this, options.SegmentCount, options.SegmentSize);
        _ledger = new SegmentLedger(_memory.States);
        _inquiry = new HolderInquiry(_gate, _ledger);
    }

    /// <summary>Bytes of every segment.</summary>
    public int SegmentSize { get; }

    /// <summary>Segments in all.</summary>
    public int Total => _memory.States.Count;

    /// <summary>Segments that nobody holds.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                return _ledger.Free;
            }
        }
    }

    /// <summary>Segments that somebody holds.</summary>
    public int Lent
    {
        get
        {
            lock (_gate)
            {
                return _ledger.Lent;
            }
        }
    }

    /// <summary>
    /// Who holds buffers now, the largest first. Walks all segments: for messages and status, not for every record.
    /// </summary>
    public IReadOnlyList<BufferHolder> Holders()
    {
        long now = _clock.Now;
        lock (_gate)
        {
            return _memory.Holders(now);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">This pool is disposed.</exception>
    public LocalBufferPool CreateBufferPool(BufferPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        long now = _clock.Now;
        var share = new PoolShare(options, options.Lifecycle ?? _lifecycle);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (options.Minimum > Total - _ledger.Guaranteed)
            {
                throw new InsufficientBuffersException(
                    options.Owner, options.Minimum, Total, _ledger.Guaranteed, Guarantees(), _memory.Holders(now));
            }

            _ledger.Add(share);
        }

        return new LocalBufferPool(this, share);
    }

    /// <inheritdoc/>
    public void DestroyBufferPool(LocalBufferPool bufferPool)
    {
        ArgumentNullException.ThrowIfNull(bufferPool);
        if (bufferPool.Pool != this)
        {
            throw new ArgumentException(
                $"The pool of '{bufferPool.Owner}' belongs to another network pool.", nameof(bufferPool));
        }

        Destroy(bufferPool.Share);
    }

    /// <summary>
    /// Destroys all local pools. The memory is given back now, or with the last buffer that is still out.
    /// </summary>
    public void Dispose()
    {
        PoolShare[] live;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            live = [.. _ledger.Shares.Where(share => !share.IsDestroyed)];
        }

        foreach (PoolShare share in live)
        {
            Destroy(share);
        }

        FreeMemoryIfDone();
    }

    /// <summary>Milliseconds of the pool's coarse clock.</summary>
    internal long Now => _clock.Now;

    internal int LentTo(PoolShare share)
    {
        lock (_gate)
        {
            return share.Lent;
        }
    }

    internal int AvailableTo(PoolShare share)
    {
        lock (_gate)
        {
            return share.IsDestroyed ? 0 : _ledger.AvailableTo(share);
        }
    }

    internal bool TryRequest(PoolShare share, int subpartition, out NetworkBuffer buffer)
    {
        NetworkBufferState state;
        lock (_gate)
        {
            ThrowIfDestroyed(share);
            if (!_ledger.TryTake(share, subpartition, out state))
            {
                buffer = default;
                return false;
            }
        }

        buffer = state.Begin(_clock.Now);
        return true;
    }

    internal NetworkBuffer Request(
        PoolShare share, int subpartition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TakeOrStandInLine(share, subpartition, out NetworkBufferState? state) is { } request)
        {
            state = timeout == Timeout.InfiniteTimeSpan
                ? request.Wait(cancellationToken)
                : request.Wait(timeout, cancellationToken);
        }

        return state!.Begin(_clock.Now);
    }

    internal ValueTask<NetworkBuffer> RequestAsync(
        PoolShare share, int subpartition, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NetworkBuffer>(cancellationToken);
        }

        return TakeOrStandInLine(share, subpartition, out NetworkBufferState? state) is { } request
            ? BeginAsync(request.WaitAsync(cancellationToken))
            : ValueTask.FromResult(state!.Begin(_clock.Now));
    }

    /// <summary>Takes a segment back whose last holder is gone.</summary>
    internal void Recycle(NetworkBufferState state)
    {
        bool mayBeDone;
        lock (_gate)
        {
            _ledger.Return(state);
            mayBeDone = _isDisposed;
        }

        if (mayBeDone)
        {
            FreeMemoryIfDone();
        }
    }

    /// <summary>Takes a waiter out of the line, unless it was answered.</summary>
    internal void Leave(BufferWaiter waiter)
    {
        lock (_gate)
        {
            if (!waiter.IsAnswered)
            {
                _ledger.Leave(waiter);
            }
        }
    }

    internal BufferTimeoutException TimedOut(PoolShare share, TimeSpan timeout)
    {
        long now = _clock.Now;
        lock (_gate)
        {
            return new BufferTimeoutException(
                share.Owner,
                share.Lent,
                share.Minimum,
                share.Maximum,
                timeout,
                _ledger.Free,
                Total,
                _memory.Holders(now));
        }
    }

    internal ReclaimRegistration Register(PoolShare share, IReclaimable reclaimable)
    {
        var registration = new ReclaimRegistration(this, share, reclaimable);
        lock (_gate)
        {
            ThrowIfDestroyed(share);
            _ledger.AddReclaim(registration);

            // Whoever waits may now have somebody more to ask.
            foreach (BufferWaiter waiter in _ledger.Waiters)
            {
                waiter.Nudge();
            }
        }

        return registration;
    }

    internal void Unregister(ReclaimRegistration registration)
    {
        lock (_gate)
        {
            _ledger.RemoveReclaim(registration);
        }
    }

    internal void GiveUpMinimum(PoolShare share)
    {
        lock (_gate)
        {
            ThrowIfDestroyed(share);
            _ledger.GiveUpMinimum(share);
        }
    }

    private WaitingRequest? TakeOrStandInLine(PoolShare share, int subpartition, out NetworkBufferState? state)
    {
        lock (_gate)
        {
            ThrowIfDestroyed(share);
            if (_ledger.TryTake(share, subpartition, out state))
            {
                return null;
            }

            var waiter = new BufferWaiter(share, subpartition);
            _ledger.Wait(waiter);
            return new WaitingRequest(this, _inquiry, waiter);
        }
    }

    private async ValueTask<NetworkBuffer> BeginAsync(ValueTask<NetworkBufferState> segment)
    {
        NetworkBufferState state = await segment.ConfigureAwait(false);
        return state.Begin(_clock.Now);
    }

    private void Destroy(PoolShare share)
    {
        int outstanding;
        lock (_gate)
        {
            if (share.IsDestroyed)
            {
                return;
            }

            outstanding = share.Lent;
            _ledger.Remove(share);
        }

        share.Lifecycle?.OnPoolDestroyed(share.Owner, outstanding);
    }

    private void FreeMemoryIfDone()
    {
        lock (_gate)
        {
            // A destroyed share is forgotten with its last buffer: without shares nobody holds or requests anything.
            if (_isMemoryFreed || _ledger.Shares.Count > 0)
            {
                return;
            }

            _isMemoryFreed = true;
        }

        _memory.Free();
    }

    private string Guarantees()
    {
        string list = string.Join(", ", _ledger.Shares
            .Where(share => share.Minimum > 0)
            .Select(share => $"'{share.Owner}' {share.Minimum}"));
        return list.Length == 0 ? "none" : list;
    }

    private static void ThrowIfDestroyed(PoolShare share)
    {
        if (share.IsDestroyed)
        {
            throw LocalBufferPool.Destroyed(share.Owner);
        }
    }
}
