namespace Sluice.Buffers;

/// <summary>Who may have the next segment, as things stand.</summary>
/// <remarks>
/// With <c>shortfall</c> = what a share is guaranteed and lacks, <c>excess</c> = what it holds beyond its guarantee:
/// <list type="number">
/// <item>Below its minimum a share gets any free segment.</item>
/// <item>Beyond it, and up to its maximum, it gets one when afterwards the free segments still cover the shortfall of
/// all who claim theirs (have asked in vain), and free segments plus the excess of shares that can be asked to give
/// back still cover the shortfall of all. The same holds beyond the maximum for a request that may overdraw.</item>
/// </list>
/// So idle guarantees are lent out to those who can give back, and stop being lent the moment they are asked for.
/// </remarks>
/// <param name="Free">Segments that nobody holds.</param>
/// <param name="Totals">Sums over all shares.</param>
internal readonly record struct LendingRules(int Free, ShareTotals Totals)
{
    /// <summary>Whether guarantees are covered and not claimed, so that nothing is owed to anybody.</summary>
    public bool OwesNothing => Totals.ClaimedShortfall == 0 && Free + Totals.ReclaimableExcess >= Totals.Shortfall;

    public bool MayTake(PoolShare share, int subpartition) => share.HasRoom(subpartition) && Covers(share);

    public bool MayOverdraw(PoolShare share, int subpartition) =>
        share.HasRoomWithOverdraft(subpartition) && Covers(share);

    /// <summary>How many requests would be met in a row, quotas of subpartitions aside.</summary>
    public int AvailableTo(PoolShare share)
    {
        if (Free <= share.Shortfall)
        {
            return Free;
        }

        int covered = Free + Totals.ReclaimableExcess - Totals.Shortfall;
        int unclaimed = Free - share.Shortfall - (Totals.ClaimedShortfall - share.ClaimedShortfall);
        int spare = share.Reclaims.Count == 0 ? Math.Min(unclaimed, covered) : covered < 0 ? 0 : unclaimed;
        return Math.Max(0, Math.Min(share.Maximum - share.Lent, share.Shortfall + Math.Max(0, spare)));
    }

    /// <summary>
    /// How many segments must come back before a request is met; 0 when no holder can help it, because its
    /// own maximum or quota is reached, or because what could come back is guaranteed to others.
    /// </summary>
    /// <param name="share">Who requests.</param>
    /// <param name="hasRoom">
    /// Whether its maximum, with the overdraft when that may be used, and its quota allow one more.
    /// </param>
    public int NeededBy(PoolShare share, bool hasRoom)
    {
        if (!hasRoom)
        {
            return 0;
        }

        if (share.Shortfall > 0)
        {
            return share.Shortfall;
        }

        // A segment that comes back moves from excess to free, so this sum tells what will be allowed then.
        int taken = share.Reclaims.Count == 0 ? 1 : 0;
        return Free + Totals.ReclaimableExcess - taken < Totals.Shortfall
            ? 0
            : Math.Max(1, Totals.ClaimedShortfall + 1 - Free);
    }

    /// <summary>Whether there is a segment, and one less leaves enough for the guarantees of others.</summary>
    private bool Covers(PoolShare share)
    {
        int left = Free - 1;
        int reclaimable = Totals.ReclaimableExcess + (share.Reclaims.Count == 0 ? 0 : 1);
        return left >= 0
            && (share.Shortfall > 0 || (left >= Totals.ClaimedShortfall && left + reclaimable >= Totals.Shortfall));
    }
}
