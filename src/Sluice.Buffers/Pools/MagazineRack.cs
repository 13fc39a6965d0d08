using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>All magazines that may be open.</summary>
/// <remarks>
/// Called under the pool's lock. Let X be what the ledger says, which counts all that lies in magazines as lent. What
/// is really lent differs from X only by lying in magazines, so each thread only moves below X and back up to it.
/// Magazines are open only while <see cref="SegmentLedger.AllowsMagazine"/> holds of X: nobody waits, nothing is
/// claimed, and what is free or can be had back covers all guarantees. Giving back cannot break that, and taking what
/// was given back at most restores X. So whatever a thread does with its magazine the rules of the ledger would have
/// allowed too. Everything else (creating, destroying, resizing, waiting, counting, a request that X refuses) first
/// closes all magazines and empties them into the ledger: from then on X is exact, and what is given back
/// reaches those who wait.
/// </remarks>
internal sealed class MagazineRack(SegmentLedger ledger)
{
    private readonly List<Magazine> _open = [];

    /// <summary>Makes the ledger exact. No magazine is open afterwards.</summary>
    public void CloseAll()
    {
        if (_open.Count == 0)
        {
            return;
        }

        // All are closed before any is emptied: there is one moment at which all of them stand still.
        foreach (Magazine magazine in _open)
        {
            magazine.Close();
        }

        Span<int> segments = stackalloc int[Magazine.Capacity];
        foreach (Magazine magazine in _open)
        {
            if (magazine.Unload(segments) is int count and > 0)
            {
                magazine.Restrain();
                ledger.Return(segments[..count]);
            }
        }

        _open.Clear();
    }

    /// <summary>Puts segments by for a share that has just taken one, so that its next requests are quick.</summary>
    public void Refill(PoolShare share)
    {
        if (!ledger.AllowsMagazine(share))
        {
            return;
        }

        Magazine magazine = Closed(share);
        if (magazine.NextBatch() is int wanted and > 0)
        {
            Span<int> segments = stackalloc int[Magazine.LargestBatch];
            int count = ledger.Take(share, segments[..wanted]);
            magazine.Load(segments[..count]);
        }

        Open(magazine);
    }

    /// <summary>Puts a segment into the magazine of this thread, after emptying half of it when it is full.</summary>
    /// <returns>False when it belongs into the ledger.</returns>
    public bool TryPut(NetworkBufferState state)
    {
        PoolShare share = state.Share!;
        if (state.Subpartition != PoolShare.NoSubpartition || !ledger.AllowsMagazine(share))
        {
            return false;
        }

        Magazine magazine = Closed(share);
        if (magazine.Count == Magazine.Capacity)
        {
            Span<int> segments = stackalloc int[Magazine.LargestBatch];
            ledger.Return(segments[..magazine.Unload(segments)]);
        }

        magazine.Load([state.Index]);
        Open(magazine);
        return true;
    }

    private Magazine Closed(PoolShare share)
    {
        Magazine magazine = share.MakeMagazine();
        if (!magazine.IsClosed)
        {
            magazine.Close();
            _open.Remove(magazine);
        }

        return magazine;
    }

    private void Open(Magazine magazine)
    {
        Debug.Assert(!_open.Contains(magazine), "A closed magazine is not among the open ones.");
        _open.Add(magazine);
        magazine.Reopen();
    }
}
