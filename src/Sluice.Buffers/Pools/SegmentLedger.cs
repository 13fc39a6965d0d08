using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>Who has which segment, and who may have the next one.</summary>
/// <remarks>
/// Not thread-safe: <see cref="NetworkBufferPool"/> calls it under its lock. The rules, with
/// <c>shortfall</c> = what a share is guaranteed and lacks, <c>excess</c> = what it holds beyond its guarantee:
/// <list type="number">
/// <item>Below its minimum a share gets any free segment.</item>
/// <item>Beyond it, and up to its maximum, it gets one when afterwards the free segments still cover the shortfall of
/// all who claim theirs (have asked in vain), and free segments plus the excess of shares that can be asked to give
/// back still cover the shortfall of all.</item>
/// <item>A segment that comes back goes to the first waiter below its minimum, else to the first waiter that rule 2
/// allows.</item>
/// </list>
/// So idle guarantees are lent out to those who can give back, and stop being lent the moment they are asked for.
/// Invariant: free + lent = total, and nobody waits who may have a free segment.
/// </remarks>
internal sealed class SegmentLedger
{
    private readonly NetworkBufferState[] _free;
    private readonly List<PoolShare> _shares = [];
    private readonly LinkedList<BufferWaiter> _waiters = [];

    // Sums over all shares. Every change of a share stands between Withdraw and Enter, which keep them.
    private int _lent;
    private int _guaranteed;
    private int _shortfall;
    private int _claimedShortfall;
    private int _reclaimableExcess;

    public SegmentLedger(IReadOnlyList<NetworkBufferState> states)
    {
        // Taken from the end, so that the lowest addresses are used first and used again before others are touched.
        _free = [.. states.Reverse()];
        Free = _free.Length;
    }

    public int Total => _free.Length;

    public int Free { get; private set; }

    public int Lent => _lent;

    /// <summary>The sum of all minimums.</summary>
    public int Guaranteed => _guaranteed;

    /// <summary>Live shares, and destroyed ones whose buffers are not all back.</summary>
    public IReadOnlyList<PoolShare> Shares => _shares;

    /// <summary>In order of their requests.</summary>
    public IReadOnlyCollection<BufferWaiter> Waiters => _waiters;

    public void Add(PoolShare share)
    {
        Debug.Assert(share.Minimum <= Total - Guaranteed, "The caller has checked that the guarantees fit.");
        _shares.Add(share);
        Enter(share);
        AssertInvariants();
    }

    /// <summary>
    /// Ends a share: no guarantee, nothing to ask, no waiters. What it holds stays lent until it returns.
    /// </summary>
    public void Remove(PoolShare share)
    {
        Withdraw(share);
        share.End();
        Enter(share);
        foreach (BufferWaiter waiter in _waiters.Where(waiter => waiter.Share == share).ToList())
        {
            _waiters.Remove(waiter.Node);
            waiter.Refuse();
        }

        ForgetIfDone(share);
        Serve();
        AssertInvariants();
    }

    public void GiveUpMinimum(PoolShare share)
    {
        Withdraw(share);
        share.GiveUpMinimum();
        Enter(share);
        Serve();
        AssertInvariants();
    }

    public void AddReclaim(ReclaimRegistration registration)
    {
        Withdraw(registration.Share);
        registration.Share.Reclaims.Add(registration);
        Enter(registration.Share);
        Serve();
        AssertInvariants();
    }

    public void RemoveReclaim(ReclaimRegistration registration)
    {
        Withdraw(registration.Share);
        registration.Share.Reclaims.Remove(registration);
        Enter(registration.Share);
        AssertInvariants();
    }

    /// <summary>
    /// Takes a free segment if the rules allow; otherwise a share below its minimum claims what it lacks.
    /// </summary>
    public bool TryTake(PoolShare share, int subpartition, out NetworkBufferState state)
    {
        if (MayTake(share, subpartition))
        {
            state = Take(share, subpartition);
            AssertInvariants();
            return true;
        }

        if (share.Shortfall > 0 && !share.IsClaiming && share.HasRoom(subpartition))
        {
            Withdraw(share);
            share.IsClaiming = true;
            Enter(share);
        }

        AssertInvariants();
        state = null!;
        return false;
    }

    public void Wait(BufferWaiter waiter) => _waiters.AddLast(waiter.Node);

    public void Leave(BufferWaiter waiter) => _waiters.Remove(waiter.Node);

    public void Return(NetworkBufferState state)
    {
        PoolShare share = state.Share!;
        Withdraw(share);
        share.Count(state.Subpartition, -1);
        Enter(share);
        state.Share = null;
        state.Since = NetworkBufferState.NotBegun;
        _free[Free++] = state;
        ForgetIfDone(share);
        Serve();
        AssertInvariants();
    }

    /// <summary>
    /// How many calls of <see cref="TryTake"/> would succeed in a row, quotas of subpartitions aside.
    /// </summary>
    public int AvailableTo(PoolShare share)
    {
        if (Free <= share.Shortfall)
        {
            return Free;
        }

        int covered = Free + _reclaimableExcess - _shortfall;
        int unclaimed = Free - share.Shortfall - (_claimedShortfall - share.ClaimedShortfall);
        int spare = share.Reclaims.Count == 0 ? Math.Min(unclaimed, covered) : covered < 0 ? 0 : unclaimed;
        return Math.Min(share.Maximum - share.Lent, share.Shortfall + Math.Max(0, spare));
    }

    /// <summary>
    /// How many segments must come back before the waiter is served; 0 when no holder can help it, because its
    /// own maximum or quota is reached, or because what could come back is guaranteed to others.
    /// </summary>
    public int NeededBy(BufferWaiter waiter)
    {
        PoolShare share = waiter.Share;
        if (!share.HasRoom(waiter.Subpartition))
        {
            return 0;
        }

        if (share.Shortfall > 0)
        {
            return share.Shortfall;
        }

        // A segment that comes back moves from excess to free, so this sum tells what will be allowed then.
        int taken = share.Reclaims.Count == 0 ? 1 : 0;
        return Free + _reclaimableExcess - taken < _shortfall ? 0 : Math.Max(1, _claimedShortfall + 1 - Free);
    }

    private bool MayTake(PoolShare share, int subpartition)
    {
        if (Free == 0 || !share.HasRoom(subpartition))
        {
            return false;
        }

        if (share.Shortfall > 0)
        {
            return true;
        }

        int free = Free - 1;
        int reclaimable = _reclaimableExcess + (share.Reclaims.Count == 0 ? 0 : 1);
        return free >= _claimedShortfall && free + reclaimable >= _shortfall;
    }

    private NetworkBufferState Take(PoolShare share, int subpartition)
    {
        Withdraw(share);
        share.Count(subpartition, +1);
        share.IsClaiming &= share.Shortfall > 0;
        Enter(share);
        NetworkBufferState state = _free[--Free];
        state.Share = share;
        state.Subpartition = subpartition;
        return state;
    }

    /// <summary>Hands free segments to waiters until none may have one.</summary>
    private void Serve()
    {
        while (Free > 0 && _waiters.Count > 0 && NextToServe() is { } waiter)
        {
            _waiters.Remove(waiter.Node);
            waiter.Serve(Take(waiter.Share, waiter.Subpartition));
        }
    }

    private BufferWaiter? NextToServe()
    {
        BufferWaiter? spare = null;
        for (LinkedListNode<BufferWaiter>? node = _waiters.First; node is not null; node = node.Next)
        {
            BufferWaiter waiter = node.Value;
            if (MayTake(waiter.Share, waiter.Subpartition))
            {
                if (waiter.Share.Shortfall > 0)
                {
                    return waiter;
                }

                spare ??= waiter;
            }
        }

        return spare;
    }

    private void Withdraw(PoolShare share)
    {
        _lent -= share.Lent;
        _guaranteed -= share.Minimum;
        _shortfall -= share.Shortfall;
        _claimedShortfall -= share.ClaimedShortfall;
        _reclaimableExcess -= share.ReclaimableExcess;
    }

    private void Enter(PoolShare share)
    {
        _lent += share.Lent;
        _guaranteed += share.Minimum;
        _shortfall += share.Shortfall;
        _claimedShortfall += share.ClaimedShortfall;
        _reclaimableExcess += share.ReclaimableExcess;
    }

    private void ForgetIfDone(PoolShare share)
    {
        if (share.IsDestroyed && share.Lent == 0)
        {
            _shares.Remove(share);
        }
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        (int lent, int shortfall, int claimed, int excess) = (0, 0, 0, 0);
        foreach (PoolShare share in _shares)
        {
            lent += share.Lent;
            shortfall += share.Shortfall;
            claimed += share.ClaimedShortfall;
            excess += share.ReclaimableExcess;
        }

        Debug.Assert(Free + lent == Total, "Every segment is either free or lent.");
        Debug.Assert(lent == _lent, "The sum of what is lent is kept.");
        Debug.Assert(shortfall == _shortfall, "The sum of shortfalls is kept.");
        Debug.Assert(claimed == _claimedShortfall, "The sum of claims is kept.");
        Debug.Assert(excess == _reclaimableExcess, "The sum of what can be asked back is kept.");
        Debug.Assert(_guaranteed <= Total, "No more is guaranteed than there is.");
        Debug.Assert(NextToServe() is null, "Nobody waits who may have a free segment.");
    }
}
