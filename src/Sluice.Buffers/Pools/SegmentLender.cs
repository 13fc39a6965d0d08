using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>
/// Meets requests and takes segments back: magazines in front of the ledger, which is behind one lock.
/// </summary>
/// <remarks>
/// A request or a return that finds its thread's magazine open takes no lock of the pool. All else goes to the
/// <see cref="SegmentLedger"/> under the lock; no thread waits, calls back or reads a clock there.
/// </remarks>
internal sealed class SegmentLender
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly PoolMemory _memory;
    private readonly HolderInquiry _inquiry;
    private readonly NetworkBufferState[] _states;

    // Guarded by _gate.
    private readonly SegmentLedger _ledger;
    private readonly MagazineRack _magazines;
    private readonly WaitLedger _waits = new();

    public SegmentLender(PoolMemory memory, TimeProvider time)
    {
        _memory = memory;
        _time = time;
        _clock = new CoarseClock(time);
        _states = [.. memory.States];
        _ledger = new SegmentLedger(_states);
        _magazines = new MagazineRack(_ledger);
        _inquiry = new HolderInquiry(_gate, _ledger);
    }

    /// <summary>In milliseconds of the coarse clock.</summary>
    public long Now => _clock.Now;

    /// <summary>Takes the lock, with every segment that nobody holds in the ledger and no magazine open.</summary>
    public ExactLedger EnterExact()
    {
        _gate.Enter();
        _magazines.CloseAll();
        return new ExactLedger(_gate, _ledger);
    }

    public IReadOnlyList<BufferHolder> Holders()
    {
        long now = _clock.Now;
        using ExactLedger exact = EnterExact();
        return _memory.Holders(now);
    }

    public PoolStatus Status()
    {
        long now = _time.GetTimestamp();
        using ExactLedger exact = EnterExact();
        return new PoolStatus(exact.Ledger.Total, exact.Ledger.Free, _waits.Groups(exact.Ledger, now, _time));
    }

    /// <param name="now">Read before the lock was taken.</param>
    public IReadOnlyList<BufferHolder> HoldersLocked(long now) => _memory.Holders(now);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRequest(PoolShare share, int subpartition, out NetworkBuffer buffer)
    {
        if (TryTakeFromMagazine(share, subpartition, out NetworkBufferState? state)
            || TryTakeFromLedger(share, subpartition, out state))
        {
            buffer = state.Begin(_clock.Now);
            return true;
        }

        buffer = default;
        return false;
    }

    public bool TryOverdraw(PoolShare share, int subpartition, out NetworkBuffer buffer)
    {
        NetworkBufferState state;
        using (ExactLedger exact = EnterExact())
        {
            ThrowIfDestroyed(share);
            if (!exact.Ledger.TryOverdraw(share, subpartition, out state))
            {
                buffer = default;
                return false;
            }
        }

        buffer = state.Begin(_clock.Now);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NetworkBuffer Request(
        PoolShare share, int subpartition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryTakeFromMagazine(share, subpartition, out NetworkBufferState? state))
        {
            state = TakeOrStandInLine(share, subpartition, timeout, out state)?.Wait(cancellationToken) ?? state!;
        }

        return state.Begin(_clock.Now);
    }

    public ValueTask<NetworkBuffer> RequestAsync(
        PoolShare share, int subpartition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NetworkBuffer>(cancellationToken);
        }

        if (!TryTakeFromMagazine(share, subpartition, out NetworkBufferState? state)
            && TakeOrStandInLine(share, subpartition, timeout, out state) is { } request)
        {
            return BeginAsync(request.WaitAsync(cancellationToken));
        }

        return ValueTask.FromResult(state!.Begin(_clock.Now));
    }

    public ValueTask<NetworkBuffer> OverdrawAsync(
        PoolShare share, int subpartition, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NetworkBuffer>(cancellationToken);
        }

        NetworkBufferState state;
        WaitingRequest? request = null;
        using (ExactLedger exact = EnterExact())
        {
            ThrowIfDestroyed(share);
            if (!exact.Ledger.TryOverdraw(share, subpartition, out state))
            {
                request = StandInLine(
                    new BufferWaiter(share, subpartition) { MayOverdraw = true }, Timeout.InfiniteTimeSpan);
            }
        }

        return request is null
            ? ValueTask.FromResult(state.Begin(_clock.Now))
            : BeginAsync(request.WaitAsync(cancellationToken));
    }

    /// <summary>Completes when a request would be met.</summary>
    public ValueTask WaitUntilAvailableAsync(PoolShare share, int subpartition, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        WaitingRequest request;
        using (ExactLedger exact = EnterExact())
        {
            ThrowIfDestroyed(share);
            if (exact.Ledger.MayTake(share, subpartition))
            {
                return ValueTask.CompletedTask;
            }

            exact.Ledger.Claim(share, subpartition);
            request = StandInLine(
                new BufferWaiter(share, subpartition) { TakesNothing = true }, Timeout.InfiniteTimeSpan);
        }

        return request.WaitUntilAnnouncedAsync(cancellationToken);
    }

    /// <summary>Takes a segment back whose last holder is gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Recycle(NetworkBufferState state)
    {
        // Before it can be seen by others: in a magazine it is as good as free.
        state.Since = NetworkBufferState.NotBegun;
        if (state.Subpartition != PoolShare.NoSubpartition
            || state.Share!.Magazine is not { } magazine
            || !magazine.TryPut(state.Index))
        {
            ReturnToLedger(state);
        }
    }

    /// <summary>Takes a waiter out of the line, unless it was answered.</summary>
    public void Leave(BufferWaiter waiter)
    {
        lock (_gate)
        {
            if (!waiter.IsAnswered)
            {
                waiter.GiveUp();
                _ledger.Leave(waiter);
            }
        }
    }

    /// <summary>A request waits from now on.</summary>
    public void BeginWait(BufferWaiter waiter) => waiter.Since = _time.GetTimestamp();

    /// <summary>A request has waited, and waits no longer.</summary>
    public void CountWait(BufferWaiter waiter)
    {
        TimeSpan waited = _time.GetElapsedTime(waiter.Since);
        lock (_gate)
        {
            _waits.Add(waiter.Share.Group, waited);
        }
    }

    /// <summary>Makes all who wait look whom they can ask.</summary>
    public void NudgeWaiters()
    {
        lock (_gate)
        {
            foreach (BufferWaiter waiter in _ledger.Waiters)
            {
                waiter.Nudge();
            }
        }
    }

    public BufferTimeoutException TimedOut(BufferWaiter waiter, TimeSpan timeout)
    {
        long now = _clock.Now;
        PoolShare share = waiter.Share;
        using ExactLedger exact = EnterExact();
        var shortage = new BufferShortage
        {
            Requester = share.Owner,
            Subpartition = waiter.Subpartition,
            LentToSubpartition = waiter.Subpartition == PoolShare.NoSubpartition
                ? 0
                : share.LentTo(waiter.Subpartition),
            MaximumPerSubpartition = share.MaximumPerSubpartition,
            Lent = share.Lent,
            Minimum = share.Minimum,
            Maximum = share.Maximum,
            Free = exact.Ledger.Free,
            Total = exact.Ledger.Total,
            Holders = _memory.Holders(now),
        };
        return new BufferTimeoutException(shortage, timeout);
    }

    public static void ThrowIfDestroyed(PoolShare share)
    {
        if (share.IsDestroyed)
        {
            throw LocalBufferPool.Destroyed(share.Owner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakeFromMagazine(
        PoolShare share, int subpartition, [NotNullWhen(true)] out NetworkBufferState? state)
    {
        if (subpartition == PoolShare.NoSubpartition
            && share.Magazine is { } magazine
            && magazine.TryTake(out int segment))
        {
            state = _states[segment];
            return true;
        }

        state = null;
        return false;
    }

    private bool TryTakeFromLedger(
        PoolShare share, int subpartition, [NotNullWhen(true)] out NetworkBufferState? state)
    {
        lock (_gate)
        {
            return TryTakeLocked(share, subpartition, out state);
        }
    }

    private bool TryTakeLocked(PoolShare share, int subpartition, [NotNullWhen(true)] out NetworkBufferState? state)
    {
        ThrowIfDestroyed(share);
        if (!_ledger.MayTake(share, subpartition))
        {
            // Perhaps only because of what lies in magazines.
            _magazines.CloseAll();
        }

        if (!_ledger.TryTake(share, subpartition, out state))
        {
            return false;
        }

        if (subpartition == PoolShare.NoSubpartition)
        {
            _magazines.Refill(share);
        }

        return true;
    }

    private WaitingRequest? TakeOrStandInLine(
        PoolShare share, int subpartition, TimeSpan timeout, out NetworkBufferState? state)
    {
        lock (_gate)
        {
            return TryTakeLocked(share, subpartition, out state)
                ? null
                : StandInLine(new BufferWaiter(share, subpartition), timeout);
        }
    }

    private WaitingRequest StandInLine(BufferWaiter waiter, TimeSpan timeout)
    {
        _ledger.Wait(waiter);
        return new WaitingRequest(this, _inquiry, waiter, new RequestDeadline(_time, timeout));
    }

    private void ReturnToLedger(NetworkBufferState state)
    {
        lock (_gate)
        {
            if (!_magazines.TryPut(state))
            {
                _ledger.Return(state);
            }
        }
    }

    private async ValueTask<NetworkBuffer> BeginAsync(ValueTask<NetworkBufferState> segment)
    {
        NetworkBufferState state = await segment.ConfigureAwait(false);
        return state.Begin(_clock.Now);
    }
}
