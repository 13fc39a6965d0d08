namespace Sluice.Buffers;

/// <summary>Those who wait for a segment, in the order of their requests, and whose turn it is.</summary>
/// <remarks>
/// Part of the <see cref="SegmentLedger"/>. Whoever is below its minimum goes first. Among the others a pool that holds
/// less than its fair part of the spare segments goes before one that has its part, so that a newcomer is not left with
/// nothing by a large pool that asks all the time; otherwise, and always inside one pool, the first in line is next.
/// </remarks>
internal sealed class WaitingLine(SegmentLedger ledger)
{
    private readonly LinkedList<BufferWaiter> _waiters = [];

    public IReadOnlyCollection<BufferWaiter> Waiters => _waiters;

    public void Add(BufferWaiter waiter) => _waiters.AddLast(waiter.Node);

    public void Remove(BufferWaiter waiter) => _waiters.Remove(waiter.Node);

    /// <summary>Refuses all waiters of a share that was destroyed.</summary>
    public void Refuse(PoolShare share)
    {
        foreach (BufferWaiter waiter in _waiters.Where(waiter => waiter.Share == share).ToList())
        {
            _waiters.Remove(waiter.Node);
            waiter.Refuse();
        }
    }

    /// <summary>The waiter that a free segment goes to; null when none may have one.</summary>
    public BufferWaiter? Next()
    {
        BufferWaiter? spare = null;
        bool isContended = false;
        for (LinkedListNode<BufferWaiter>? node = _waiters.First; node is not null; node = node.Next)
        {
            BufferWaiter waiter = node.Value;
            if (ledger.MayTake(waiter))
            {
                if (waiter.Share.Shortfall > 0)
                {
                    return waiter;
                }

                isContended |= spare is not null && spare.Share != waiter.Share;
                spare ??= waiter;
            }
        }

        return isContended ? FirstBelowItsPart() ?? spare : spare;
    }

    public int FairSizeOf(PoolShare share) =>
        share.Minimum + Parts().Find(part => part.Share == share).Segments;

    private BufferWaiter? FirstBelowItsPart()
    {
        var below = Parts()
            .Where(part => part.Share.Excess < part.Segments)
            .Select(part => part.Share)
            .ToHashSet();
        return _waiters.FirstOrDefault(
            waiter => below.Contains(waiter.Share) && ledger.MayTake(waiter));
    }

    /// <summary>Each live share's part of what is neither guaranteed nor out with destroyed pools.</summary>
    private List<Part> Parts()
    {
        PoolShare[] live = [.. ledger.Shares.Where(share => !share.IsDestroyed)];
        int lost = ledger.Shares.Where(share => share.IsDestroyed).Sum(share => share.Lent);
        int[] parts = new int[live.Length];
        SpareDivision.Divide(
            Math.Max(0, ledger.Total - ledger.Guaranteed - lost), [.. live.Select(WantedBeyondMinimum)], parts);
        return [.. live.Zip(parts, (share, segments) => new Part(share, segments))];
    }

    private int WantedBeyondMinimum(PoolShare share)
    {
        int waiting = _waiters.Count(waiter => waiter.Share == share);
        return Math.Max(0, Math.Min(share.Lent + waiting, share.Maximum) - share.Minimum);
    }

    private readonly record struct Part(PoolShare Share, int Segments);
}
