using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>Who has which segment, and who may have the next one.</summary>
/// <remarks>
/// Not thread-safe: it is used under the lock of the <see cref="SegmentLender"/>. <see cref="LendingRules"/> say who
/// may have a segment, <see cref="WaitingLine"/> says who of those that wait gets the one that comes back.
/// Invariant: free + lent = total, and nobody waits who may have a free segment.
/// </remarks>
internal sealed class SegmentLedger
{
    private readonly IReadOnlyList<NetworkBufferState> _states;
    private readonly NetworkBufferState[] _free;
    private readonly List<PoolShare> _shares = [];
    private readonly WaitingLine _line;

    // Every change of a share stands between Subtract and Add, which keep the sums.
    private ShareTotals _totals;

    /// <param name="states">All segments; each one's index is its place in the list.</param>
    public SegmentLedger(IReadOnlyList<NetworkBufferState> states)
    {
        // Taken from the end, so that the lowest addresses are used first and used again before others are touched.
        _states = states;
        _free = [.. states.Reverse()];
        _line = new WaitingLine(this);
        Free = _free.Length;
    }

    public int Total => _free.Length;

    public int Free { get; private set; }

    public int Lent => _totals.Lent;

    /// <summary>The sum of all minimums.</summary>
    public int Guaranteed => _totals.Guaranteed;

    private LendingRules Rules => new(Free, _totals);

    /// <summary>Live shares, and destroyed ones whose buffers are not all back.</summary>
    public IReadOnlyList<PoolShare> Shares => _shares;

    /// <summary>In order of their requests.</summary>
    public IReadOnlyCollection<BufferWaiter> Waiters => _line.Waiters;

    public void Add(PoolShare share)
    {
        Debug.Assert(share.Minimum <= Total - Guaranteed, "The caller has checked that the guarantees fit.");
        _shares.Add(share);
        _totals.Add(share);
        AssertInvariants();
    }

    /// <summary>
    /// Ends a share: no guarantee, nothing to ask, no waiters. What it holds stays lent until it returns.
    /// </summary>
    public void Remove(PoolShare share)
    {
        _totals.Subtract(share);
        share.End();
        _totals.Add(share);
        _line.Refuse(share);
        ForgetIfDone(share);
        Serve();
        AssertInvariants();
    }

    /// <summary>Changes the guarantee and the maximum. What is held beyond them is taken back as it returns.</summary>
    public void Resize(PoolShare share, int minimum, int maximum)
    {
        Debug.Assert(minimum <= Total - Guaranteed + share.Minimum, "The caller has checked that the guarantees fit.");
        _totals.Subtract(share);
        share.Resize(minimum, maximum);

        // Who waited beyond the old minimum has asked in vain for what is guaranteed now.
        share.IsClaiming |= share.Shortfall > 0
            && Waiters.Any(waiter => waiter.Share == share && share.HasRoom(waiter.Subpartition));
        _totals.Add(share);
        Serve();
        AssertInvariants();
    }

    public void AddReclaim(ReclaimRegistration registration)
    {
        _totals.Subtract(registration.Share);
        registration.Share.Reclaims.Add(registration);
        _totals.Add(registration.Share);
        Serve();
        AssertInvariants();
    }

    public void RemoveReclaim(ReclaimRegistration registration)
    {
        _totals.Subtract(registration.Share);
        registration.Share.Reclaims.Remove(registration);
        _totals.Add(registration.Share);
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

        Claim(share, subpartition);
        state = null!;
        return false;
    }

    /// <summary>Takes a free segment if the rules allow, beyond the maximum if the overdraft allows.</summary>
    public bool TryOverdraw(PoolShare share, int subpartition, out NetworkBufferState state)
    {
        if (Rules.MayOverdraw(share, subpartition))
        {
            state = Take(share, subpartition);
            AssertInvariants();
            return true;
        }

        Claim(share, subpartition);
        state = null!;
        return false;
    }

    /// <summary>Keeps free for a share what it lacks of its minimum, from now until it has it.</summary>
    public void Claim(PoolShare share, int subpartition)
    {
        if (share.Shortfall > 0 && !share.IsClaiming && share.HasRoom(subpartition))
        {
            _totals.Subtract(share);
            share.IsClaiming = true;
            _totals.Add(share);
        }

        AssertInvariants();
    }

    /// <summary>Takes as many as the rules allow for no subpartition, up to the length of the span.</summary>
    /// <returns>How many.</returns>
    public int Take(PoolShare share, Span<int> segments)
    {
        int count = Math.Min(segments.Length, AvailableTo(share));
        _totals.Subtract(share);
        share.Count(PoolShare.NoSubpartition, count);
        share.IsClaiming &= share.Shortfall > 0;
        _totals.Add(share);
        for (int i = 0; i < count; i++)
        {
            NetworkBufferState state = _free[--Free];
            state.Share = share;
            state.Subpartition = PoolShare.NoSubpartition;
            segments[i] = state.Index;
        }

        AssertInvariants();
        return count;
    }

    /// <summary>Whether a request would be met now.</summary>
    public bool MayTake(PoolShare share, int subpartition) => Rules.MayTake(share, subpartition);

    /// <summary>Whether a waiter would be served now.</summary>
    public bool MayTake(BufferWaiter waiter) => waiter.MayOverdraw
        ? Rules.MayOverdraw(waiter.Share, waiter.Subpartition)
        : Rules.MayTake(waiter.Share, waiter.Subpartition);

    public void Wait(BufferWaiter waiter)
    {
        _line.Add(waiter);
        AssertInvariants();
    }

    public void Leave(BufferWaiter waiter) => _line.Remove(waiter);

    public void Return(NetworkBufferState state)
    {
        PoolShare share = state.Share!;
        _totals.Subtract(share);
        share.Count(state.Subpartition, -1);
        _totals.Add(share);
        Release(state);
        ForgetIfDone(share);
        Serve();
        AssertInvariants();
    }

    /// <summary>Returns segments of one live share, lent for no subpartition.</summary>
    public void Return(ReadOnlySpan<int> segments)
    {
        if (segments.IsEmpty)
        {
            return;
        }

        PoolShare share = _states[segments[0]].Share!;
        _totals.Subtract(share);
        share.Count(PoolShare.NoSubpartition, -segments.Length);
        _totals.Add(share);
        foreach (int segment in segments)
        {
            NetworkBufferState state = _states[segment];
            Debug.Assert(state.Share == share, "A magazine holds segments of one share.");
            Release(state);
        }

        Serve();
        AssertInvariants();
    }

    /// <summary>
    /// How many calls of <see cref="TryTake"/> would succeed in a row, quotas of subpartitions aside.
    /// </summary>
    public int AvailableTo(PoolShare share) => Rules.AvailableTo(share);

    /// <summary>
    /// Whether magazines may be open, and one for this share: see <see cref="MagazineRack"/> for the reason.
    /// </summary>
    public bool AllowsMagazine(PoolShare share) =>
        Waiters.Count == 0 && Rules.OwesNothing && !share.IsDestroyed && share.Lent <= share.Maximum;

    /// <summary>
    /// How many segments must come back before the waiter is served; 0 when no holder can help it.
    /// </summary>
    public int NeededBy(BufferWaiter waiter) => Rules.NeededBy(
        waiter.Share,
        waiter.MayOverdraw
            ? waiter.Share.HasRoomWithOverdraft(waiter.Subpartition)
            : waiter.Share.HasRoom(waiter.Subpartition));

    /// <summary>
    /// The minimum and a fair part of what is guaranteed to nobody, by what each holds and waits for.
    /// </summary>
    public int FairSizeOf(PoolShare share) => _line.FairSizeOf(share);

    private NetworkBufferState Take(PoolShare share, int subpartition)
    {
        _totals.Subtract(share);
        share.Count(subpartition, +1);
        share.IsClaiming &= share.Shortfall > 0;
        _totals.Add(share);
        NetworkBufferState state = _free[--Free];
        state.Share = share;
        state.Subpartition = subpartition;
        return state;
    }

    private void Release(NetworkBufferState state)
    {
        state.Share = null;
        state.Since = NetworkBufferState.NotBegun;
        _free[Free++] = state;
    }

    /// <summary>Hands free segments to waiters until none may have one.</summary>
    private void Serve()
    {
        while (Free > 0 && _line.Next() is { } waiter)
        {
            _line.Remove(waiter);
            if (waiter.TakesNothing)
            {
                waiter.Announce();
            }
            else
            {
                waiter.Serve(Take(waiter.Share, waiter.Subpartition));
            }
        }
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
        ShareTotals totals = default;
        foreach (PoolShare share in _shares)
        {
            totals.Add(share);
        }

        Debug.Assert(Free + totals.Lent == Total, "Every segment is either free or lent.");
        Debug.Assert(totals == _totals, "The sums over all shares are kept.");
        Debug.Assert(_totals.Guaranteed <= Total, "No more is guaranteed than there is.");
        Debug.Assert(_line.Next() is null, "Nobody waits who may have a free segment.");
    }
}
