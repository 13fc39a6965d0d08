namespace Sluice.Buffers;

/// <summary>
/// All buffers of one silo. Tasks get theirs through a <see cref="LocalBufferPool"/> with a guaranteed share.
/// </summary>
/// <remarks>
/// One short lock guards the <see cref="SegmentLedger"/>; no thread waits, calls back or reads a clock under it.
/// Requests and returns mostly need no lock: see <see cref="MagazineRack"/>.
/// Ownership: made once per silo and disposed with it. The memory itself goes when it is disposed and the last buffer
/// is back.
/// Invariant: <see cref="Free"/> + <see cref="Lent"/> = <see cref="Total"/> at every moment, also after local pools
/// were destroyed with buffers still out.
/// </remarks>
public sealed class NetworkBufferPool : IBufferPoolFactory, IDisposable
{
    private readonly IBufferLifecycle? _lifecycle;
    private readonly PoolMemory _memory;
    private readonly SegmentLender _lender;

    // Written under the lender's lock.
    private volatile bool _isDisposed;
    private bool _isMemoryFreed;

    /// <exception cref="ArgumentOutOfRangeException">A count or size is not positive.</exception>
    /// <exception cref="OutOfMemoryException">The operating system refuses the address space.</exception>
    public NetworkBufferPool(NetworkBufferPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _lifecycle = options.Lifecycle;
        SegmentSize = options.SegmentSize;
        _memory = new PoolMemory(this, options.SegmentCount, options.SegmentSize);
        _lender = new SegmentLender(_memory, options.TimeProvider);
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
            using ExactLedger exact = _lender.EnterExact();
            return exact.Ledger.Free;
        }
    }

    /// <summary>Segments that somebody holds.</summary>
    public int Lent
    {
        get
        {
            using ExactLedger exact = _lender.EnterExact();
            return exact.Ledger.Lent;
        }
    }

    /// <summary>
    /// Who holds buffers now, the largest first. Walks all segments: for messages and status, not for every record.
    /// </summary>
    public IReadOnlyList<BufferHolder> Holders() => _lender.Holders();

    /// <summary>How the pool stands, by groups of owners. Reads accounts, not segments.</summary>
    public PoolStatus Status() => _lender.Status();

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">This pool is disposed.</exception>
    public LocalBufferPool CreateBufferPool(BufferPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var share = new PoolShare(options, options.Lifecycle ?? _lifecycle);
        long now = _lender.Now;
        using (ExactLedger exact = _lender.EnterExact())
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ThrowIfInsufficient(exact.Ledger, share, options.Minimum, now);
            exact.Ledger.Add(share);
        }

        return new LocalBufferPool(this, _lender, share);
    }

    /// <inheritdoc/>
    public LocalBufferPool CreateBufferPool(string owner, int minimum, int maximum) =>
        CreateBufferPool(new BufferPoolOptions { Owner = owner, Minimum = minimum, Maximum = maximum });

    /// <inheritdoc/>
    public LocalBufferPool CreateBufferPool(
        string owner, int minimum, int maximum, int subpartitions, int maximumPerSubpartition) =>
        CreateBufferPool(new BufferPoolOptions
        {
            Owner = owner,
            Minimum = minimum,
            Maximum = maximum,
            Subpartitions = subpartitions,
            MaximumPerSubpartition = maximumPerSubpartition,
        });

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
        using (ExactLedger exact = _lender.EnterExact())
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            live = [.. exact.Ledger.Shares.Where(share => !share.IsDestroyed)];
        }

        foreach (PoolShare share in live)
        {
            Destroy(share);
        }

        FreeMemoryIfDone();
    }

    /// <summary>Milliseconds of the pool's coarse clock.</summary>
    internal long Now => _lender.Now;

    /// <summary>Takes a segment back whose last holder is gone.</summary>
    internal void Recycle(NetworkBufferState state)
    {
        _lender.Recycle(state);

        // Read afterwards: whoever disposes this pool later finds the segment back.
        if (_isDisposed)
        {
            FreeMemoryIfDone();
        }
    }

    internal ReclaimRegistration Register(PoolShare share, IReclaimable reclaimable)
    {
        var registration = new ReclaimRegistration(this, share, reclaimable);
        using (ExactLedger exact = _lender.EnterExact())
        {
            SegmentLender.ThrowIfDestroyed(share);
            exact.Ledger.AddReclaim(registration);
        }

        // Whoever waits may now have somebody more to ask.
        _lender.NudgeWaiters();
        return registration;
    }

    internal void Unregister(ReclaimRegistration registration)
    {
        using ExactLedger exact = _lender.EnterExact();
        exact.Ledger.RemoveReclaim(registration);
    }

    /// <param name="share">Whose sizes change.</param>
    /// <param name="minimum">The new guarantee.</param>
    /// <param name="maximum">The new maximum; null leaves it.</param>
    internal void Resize(PoolShare share, int minimum, int? maximum)
    {
        if (maximum is { } most)
        {
            BufferPoolOptions.ValidateSizes(minimum, most);
        }

        long now = _lender.Now;
        using (ExactLedger exact = _lender.EnterExact())
        {
            SegmentLender.ThrowIfDestroyed(share);
            ThrowIfInsufficient(exact.Ledger, share, minimum, now);
            exact.Ledger.Resize(share, minimum, maximum ?? share.Maximum);
        }

        // Who could not be helped at the old maximum may be now.
        _lender.NudgeWaiters();
    }

    private void Destroy(PoolShare share)
    {
        int outstanding;
        using (ExactLedger exact = _lender.EnterExact())
        {
            if (share.IsDestroyed)
            {
                return;
            }

            outstanding = share.Lent;
            exact.Ledger.Remove(share);
        }

        share.Lifecycle?.OnPoolDestroyed(share.Owner, outstanding);
    }

    private void FreeMemoryIfDone()
    {
        using (ExactLedger exact = _lender.EnterExact())
        {
            // A destroyed share is forgotten with its last buffer: without shares nobody holds or requests anything.
            if (_isMemoryFreed || exact.Ledger.Shares.Count > 0)
            {
                return;
            }

            _isMemoryFreed = true;
        }

        _memory.Free();
    }

    /// <remarks>The message is written under the lock, so that its numbers belong together.</remarks>
    private void ThrowIfInsufficient(SegmentLedger ledger, PoolShare share, int minimum, long now)
    {
        PoolShare[] others = [.. ledger.Shares.Where(other => other != share && other.Minimum > 0)];
        int guaranteed = others.Sum(other => other.Minimum);
        if (minimum > Total - guaranteed)
        {
            string list = string.Join(", ", others.Select(other => $"'{other.Owner}' {other.Minimum}"));
            throw new InsufficientBuffersException(
                share.Owner, minimum, Total, guaranteed, list.Length == 0 ? "none" : list, _lender.HoldersLocked(now));
        }
    }
}
