namespace Sluice.Buffers;

/// <summary>Asks those who hold more than they are guaranteed to give back what a waiting request needs.</summary>
/// <remarks>
/// The plan is made under the pool's lock, the holders are asked outside it: largest excess first, and inside one pool
/// the largest <see cref="IReclaimable.Reclaimable"/> first. A requester below its minimum asks for all that it lacks,
/// so that one spill is enough for it. One at its minimum or beyond asks for one segment, and only pools without a
/// guarantee (finished outputs) and pools whose excess is not smaller than its own: so two tasks that wait for each
/// other both get on, and the larger gives. A pool is never asked for its own requests.
/// </remarks>
internal sealed class HolderInquiry(Lock gate, SegmentLedger ledger)
{
    /// <summary>Returns when the request is answered or given up, or everybody has been asked.</summary>
    public void Ask(BufferWaiter waiter)
    {
        int needed;
        List<Holder> holders;
        lock (gate)
        {
            needed = waiter.IsOver ? 0 : ledger.NeededBy(waiter);
            if (needed == 0)
            {
                return;
            }

            // Set before anybody is asked: who ends an inquiry after this moment nudges us.
            waiter.MissedHolder = true;
            holders = Plan(waiter.Share);
        }

        bool missed = false;
        try
        {
            foreach (Holder holder in holders)
            {
                if (needed <= 0 || waiter.IsOver)
                {
                    return;
                }

                needed -= holder.Ask(needed, ref missed);
            }
        }
        finally
        {
            lock (gate)
            {
                waiter.MissedHolder = missed && !waiter.IsOver;
                NudgeThoseWhoMissed(waiter);
            }
        }
    }

    private void NudgeThoseWhoMissed(BufferWaiter asking)
    {
        foreach (BufferWaiter waiter in ledger.Waiters)
        {
            if (waiter.MissedHolder && waiter != asking)
            {
                waiter.MissedHolder = false;
                waiter.Nudge();
            }
        }
    }

    private List<Holder> Plan(PoolShare requester)
    {
        bool isGuaranteed = requester.Shortfall > 0;
        return [.. ledger.Shares
            .Where(share => share != requester && share.ReclaimableExcess > 0)
            .Where(share => isGuaranteed || share.Minimum == 0 || share.Excess >= requester.Excess)
            .OrderByDescending(share => share.Excess)
            .Select(share => new Holder(share.Excess, [.. share.Reclaims]))];
    }

    private readonly record struct Holder(int Excess, ReclaimRegistration[] Reclaims)
    {
        public int Ask(int needed, ref bool missed)
        {
            int wanted = Math.Min(needed, Excess);
            int given = 0;
            foreach (ReclaimRegistration reclaim in Reclaims.OrderByDescending(one => one.Target.Reclaimable))
            {
                if (given >= wanted)
                {
                    break;
                }

                missed |= !reclaim.TryAsk(wanted - given, out int part);
                given += Math.Max(0, part);
            }

            return given;
        }
    }
}
