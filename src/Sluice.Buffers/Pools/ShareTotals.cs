namespace Sluice.Buffers;

/// <summary>Sums over all shares of a pool.</summary>
internal record struct ShareTotals
{
    public int Lent { get; private set; }

    /// <summary>The sum of all minimums.</summary>
    public int Guaranteed { get; private set; }

    public int Shortfall { get; private set; }

    public int ClaimedShortfall { get; private set; }

    public int ReclaimableExcess { get; private set; }

    public void Add(PoolShare share)
    {
        Lent += share.Lent;
        Guaranteed += share.Minimum;
        Shortfall += share.Shortfall;
        ClaimedShortfall += share.ClaimedShortfall;
        ReclaimableExcess += share.ReclaimableExcess;
    }

    public void Subtract(PoolShare share)
    {
        Lent -= share.Lent;
        Guaranteed -= share.Minimum;
        Shortfall -= share.Shortfall;
        ClaimedShortfall -= share.ClaimedShortfall;
        ReclaimableExcess -= share.ReclaimableExcess;
    }
}
