namespace Sluice.Buffers;

/// <summary>How much memory a <see cref="NetworkBufferPool"/> has.</summary>
public sealed record NetworkBufferPoolOptions
{
    /// <summary>
    /// How many segments. All of them exist from the start, as address space that is not touched before use.
    /// </summary>
    public required int SegmentCount { get; init; }

    /// <summary>Bytes of a segment. It is also the largest block on the wire and in spill files.</summary>
    public int SegmentSize { get; init; } = 32 * 1024;

    /// <summary>
    /// The clock that says since when buffers are held, and that measures the timeouts of requests.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Sees the lives of all buffers; null costs nothing. A local pool may have its own instead.</summary>
    public IBufferLifecycle? Lifecycle { get; init; }

    /// <summary>As many whole segments as fit into that much memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not even one segment fits, or more than 2^31.</exception>
    public static NetworkBufferPoolOptions ForMemory(long bytes, int segmentSize = 32 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, segmentSize);
        long count = bytes / segmentSize;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue, nameof(bytes));
        return new NetworkBufferPoolOptions { SegmentCount = (int)count, SegmentSize = segmentSize };
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SegmentCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SegmentSize);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
