namespace Sluice.Sorting;

/// <summary>How a map output buffer uses its memory.</summary>
public sealed record MapOutputOptions
{
    // A larger write costs no less.
    internal const int MostWriteSegments = 128;

    private const int SegmentsPerWrite = 32;

    /// <summary>Partitions of the output; a record's partition lies below it.</summary>
    public required int Partitions { get; init; }

    /// <summary>
    /// Segments the ring may hold; never more than its pool's maximum less <see cref="WriteSegments"/>,
    /// <see cref="KeepSegments"/>, and one for a <see cref="Codec"/>.
    /// </summary>
    public required int MaximumSegments { get; init; }

    /// <summary>Bytes of one segment, a power of two.</summary>
    public int SegmentSize { get; init; } = 32 * 1024;

    /// <summary>
    /// Share of the ring at which the spiller starts in the background: in (0, 1]. Lower makes more and smaller runs,
    /// higher lets the collector wait.
    /// </summary>
    public double SpillThreshold { get; init; } = 0.8;

    /// <summary>Segments the buffer takes besides the ring's, from its creation on: the spiller builds blocks in them,
    /// in some of them while others are written where there are enough.</summary>
    public int WriteSegments { get; init; } = 1;

    /// <summary>Segments besides these in which runs stay in memory; what is more goes to files.</summary>
    public int KeepSegments { get; init; }

    /// <summary>
    /// Compresses what is spilled, with one segment more than <see cref="WriteSegments"/>; null stores it as it is.
    /// </summary>
    public IBlockCodec? Codec { get; init; }

    /// <summary>Folds equal keys at the spill; null keeps all records.</summary>
    public Combiner? Combiner { get; init; }

    /// <summary>Orders the keys; null compares them as unsigned bytes.</summary>
    public KeyComparison? KeyComparison { get; init; }

    /// <summary>
    /// The longest record taken, bytes, at most <see cref="int.MaxValue"/>: half of the task's memory.
    /// </summary>
    public long LargestRecord { get; init; } = int.MaxValue;

    /// <summary>
    /// The least a ring works with: one segment a level, one shared with the fill before, one to go on.
    /// </summary>
    public const int MinimumSegments = 12;

    /// <summary>
    /// How many <see cref="WriteSegments"/> make large writes of a task's memory, and take little of it.
    /// </summary>
    /// <param name="segments">All that the task has.</param>
    public static int WriteSegmentsOf(int segments) => Math.Clamp(segments / SegmentsPerWrite, 1, MostWriteSegments);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Partitions, 1, nameof(Partitions));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumSegments, MinimumSegments, nameof(MaximumSegments));
        ArgumentOutOfRangeException.ThrowIfLessThan(WriteSegments, 1, nameof(WriteSegments));
        ArgumentOutOfRangeException.ThrowIfNegative(KeepSegments, nameof(KeepSegments));
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentSize, 64, nameof(SegmentSize));
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            System.Numerics.BitOperations.IsPow2(SegmentSize), true, nameof(SegmentSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(LargestRecord, 1, nameof(LargestRecord));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LargestRecord, int.MaxValue, nameof(LargestRecord));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SpillThreshold, 0, nameof(SpillThreshold));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SpillThreshold, 1, nameof(SpillThreshold));
    }
}
