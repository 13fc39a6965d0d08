namespace Sluice.Buffers;

/// <summary>The slabs of a network pool and the one state object of each segment.</summary>
internal sealed class PoolMemory
{
    private const int SlabSize = 16 * 1024 * 1024;

    private readonly List<MemorySlab> _slabs = [];
    private readonly NetworkBufferState[] _states;

    /// <exception cref="OutOfMemoryException">Refused; what was had by then is given back.</exception>
    public PoolMemory(NetworkBufferPool pool, int segmentCount, int segmentSize)
    {
        _states = new NetworkBufferState[segmentCount];
        int perSlab = Math.Max(1, SlabSize / segmentSize);
        try
        {
            for (int first = 0; first < segmentCount; first += perSlab)
            {
                var slab = new MemorySlab(Math.Min(perSlab, segmentCount - first), segmentSize);
                _slabs.Add(slab);
                for (int i = 0; i < slab.Segments.Length; i++)
                {
                    _states[first + i] = new NetworkBufferState(pool, first + i, slab.Segments[i]);
                }
            }
        }
        catch (OutOfMemoryException)
        {
            Free();
            throw;
        }
    }

    public IReadOnlyList<NetworkBufferState> States => _states;

    /// <summary>Gives the memory back. Nobody may hold a segment.</summary>
    public void Free() => _slabs.ForEach(slab => slab.Dispose());

    /// <summary>Who holds segments, the largest first. Under the pool's lock, so that nothing moves.</summary>
    /// <param name="now">In milliseconds of the pool's coarse clock.</param>
    public List<BufferHolder> Holders(long now)
    {
        var oldest = new Dictionary<PoolShare, long>();
        foreach (NetworkBufferState state in _states)
        {
            if (state.Share is { } share)
            {
                long since = state.Since == NetworkBufferState.NotBegun ? now : state.Since;
                oldest[share] = Math.Min(oldest.GetValueOrDefault(share, now), since);
            }
        }

        return [.. oldest
            .Select(entry => new BufferHolder(
                entry.Key.Owner, entry.Key.Lent, TimeSpan.FromMilliseconds(now - entry.Value), entry.Key.IsDestroyed))
            .OrderByDescending(holder => holder.Count)
            .ThenBy(holder => holder.Owner, StringComparer.Ordinal)];
    }
}
