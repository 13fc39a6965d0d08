namespace Sluice.Buffers;

/// <summary>How long requests have waited, by group of owners, since the pool was made.</summary>
/// <remarks>Guarded by the lock of the <see cref="SegmentLender"/>. Groups are few, and none is forgotten.</remarks>
internal sealed class WaitLedger
{
    private readonly Dictionary<string, TimeSpan> _waited = new(StringComparer.Ordinal);

    public void Add(string group, TimeSpan waited) =>
        _waited[group] = _waited.GetValueOrDefault(group) + waited;

    /// <param name="ledger">Who holds and who stands in line.</param>
    /// <param name="now">A timestamp of <paramref name="time"/>, read before the lock was taken.</param>
    /// <param name="time">Measures waits.</param>
    public IReadOnlyList<PoolGroup> Groups(SegmentLedger ledger, long now, TimeProvider time)
    {
        Dictionary<string, PoolGroup> groups = _waited.ToDictionary(
            known => known.Key, known => new PoolGroup(known.Key) { Waited = known.Value }, StringComparer.Ordinal);
        PoolGroup Of(string name) => groups.GetValueOrDefault(name) ?? new PoolGroup(name);
        foreach (PoolShare share in ledger.Shares)
        {
            PoolGroup group = Of(share.Group);
            groups[share.Group] = share switch
            {
                { IsDestroyed: true } => group with { Orphaned = group.Orphaned + share.Lent },
                { Minimum: 0 } => group with { Reclaimable = group.Reclaimable + share.Lent },
                _ => group with { Lent = group.Lent + share.Lent },
            };
        }

        foreach (BufferWaiter waiter in ledger.Waiters)
        {
            PoolGroup group = Of(waiter.Share.Group);
            TimeSpan waits = waiter.Since is long since and >= 0
                ? time.GetElapsedTime(Math.Min(since, now), now)
                : TimeSpan.Zero;
            groups[waiter.Share.Group] = group with
            {
                Waiters = group.Waiters + 1,
                LongestWait = waits > group.LongestWait ? waits : group.LongestWait,
            };
        }

        return [.. groups.Values.OrderBy(group => group.Name, StringComparer.Ordinal)];
    }
}
