namespace Sluice.Buffers;

/// <summary>How a <see cref="NetworkBufferPool"/> stands at one moment.</summary>
/// <param name="Total">Segments in all.</param>
/// <param name="Free">Segments that nobody holds.</param>
/// <param name="Groups">Who holds and who waits, by group.</param>
public sealed record PoolStatus(int Total, int Free, IReadOnlyList<PoolGroup> Groups);

/// <summary>All local pools of one group, as <see cref="BufferPoolOptions.Group"/> names it.</summary>
/// <param name="Name">The group.</param>
public sealed record PoolGroup(string Name)
{
    /// <summary>Segments of pools that are in use.</summary>
    public int Lent { get; init; }

    /// <summary>
    /// Segments of pools without a guarantee: finished outputs, which give them back when others need them.
    /// </summary>
    public int Reclaimable { get; init; }

    /// <summary>Segments still out of pools that were destroyed.</summary>
    public int Orphaned { get; init; }

    /// <summary>Requests that stand in line.</summary>
    public int Waiters { get; init; }

    /// <summary>How long the first of them has stood there.</summary>
    public TimeSpan LongestWait { get; init; }

    /// <summary>Time that requests have waited since the pool was made, those in line not counted.</summary>
    public TimeSpan Waited { get; init; }
}
