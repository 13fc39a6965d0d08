using System.Runtime.ExceptionServices;

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
    /// <remarks>What a holder throws counts only when nobody else gives.</remarks>
    public void Ask(BufferWaiter waiter)
    {
        int needed;
        List<Holder> holders;
        CancellationTokenSource asking;
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
            asking = waiter.BeginInquiry();
        }

        Round round = new(needed, asking.Token);
        try
        {
            foreach (Holder holder in holders)
            {
                if (round.IsOver)
                {
                    break;
                }

                holder.Ask(round);
            }

            round.ThrowIfInVain();
        }
        finally
        {
            lock (gate)
            {
                waiter.EndInquiry();
                waiter.MissedHolder = round.HasMissed && !waiter.IsOver;
                NudgeThoseWhoMissed(waiter);
            }

            asking.Dispose();
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
        public void Ask(Round round)
        {
            int left = Excess;
            foreach (ReclaimRegistration reclaim in Reclaims.OrderByDescending(one => one.Target.Reclaimable))
            {
                if (left <= 0 || round.IsOver)
                {
                    break;
                }

                left -= round.Ask(reclaim, left);
            }
        }
    }

    /// <summary>One time that all are asked.</summary>
    private sealed class Round(int needed, CancellationToken cancellation)
    {
        private int _given;
        private ExceptionDispatchInfo? _failure;

        public bool IsOver => _given >= needed || cancellation.IsCancellationRequested;

        public bool HasMissed { get; private set; }

        /// <returns>How many the holder gave.</returns>
        public int Ask(ReclaimRegistration reclaim, int most)
        {
            int given = 0;
            try
            {
                HasMissed |= !reclaim.TryAsk(Math.Min(needed - _given, most), out given, cancellation);
            }
#pragma warning disable CA1031 // Others may have what this one could not give.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _failure ??= ExceptionDispatchInfo.Capture(failure);
            }

            given = Math.Max(0, given);
            _given += given;
            return given;
        }

        public void ThrowIfInVain()
        {
            if (_given == 0 && !cancellation.IsCancellationRequested)
            {
                _failure?.Throw();
            }
        }
    }
}
