using System.Diagnostics;
using System.Numerics;

namespace Sluice.Sorting;

/// <summary>The arithmetic of a ring: which slot holds a position, and where in it.</summary>
/// <remarks>
/// <code>
/// position    0         segment size     2 x                                  slots x segment size
///             |---- slot 0 ----|---- slot 1 ----|  ...  |-- slot slots-1 --|---- slot 0 again ...
/// </code>
/// Segment size and number of slots are powers of two, so slot and offset are bits of the position. A level of records
/// of one length has as many whole ones a segment: none crosses its end.
/// </remarks>
internal readonly struct RingGeometry
{
    private readonly int _shift;
    private readonly int _slotMask;
    private readonly int _offsetMask;

    /// <param name="segmentSize">Bytes of one segment, a power of two.</param>
    /// <param name="maximumSegments">How many segments the ring can hold at once.</param>
    public RingGeometry(int segmentSize, int maximumSegments)
    {
        Debug.Assert(BitOperations.IsPow2(segmentSize), "A position is split into slot and offset by shifting.");
        Debug.Assert(maximumSegments is > 0 and < 1 << 30, "The number of slots is an int.");

        // One slot more than segments: the collector's next one never meets the tail's.
        _slotMask = (int)BitOperations.RoundUpToPowerOf2((uint)maximumSegments + 1) - 1;
        _shift = BitOperations.Log2((uint)segmentSize);
        _offsetMask = segmentSize - 1;
    }

    /// <summary>Bytes of one segment.</summary>
    public int SegmentSize => _offsetMask + 1;

    /// <summary>Slots of the ring, more than it may hold segments.</summary>
    public int SlotCount => _slotMask + 1;

    /// <summary>The slot of the segment that holds <paramref name="position"/>.</summary>
    public int SlotOf(RingPosition position) => (int)(position.Value >> _shift) & _slotMask;

    /// <summary>Bytes of the segment before <paramref name="position"/>.</summary>
    public int OffsetOf(RingPosition position) => (int)position.Value & _offsetMask;

    /// <summary>Bytes from <paramref name="position"/> to the end of its segment: at least one.</summary>
    public int LeftInSegment(RingPosition position) => SegmentSize - OffsetOf(position);

    /// <summary>Where a record lies in a level whose records are all <paramref name="size"/> bytes long.</summary>
    public RingPosition PositionOf(RecordNumber number, int size)
    {
        Debug.Assert(SegmentSize % size == 0, "Records of one length never cross a segment's end.");
        return new RingPosition(number.Value * size);
    }

    /// <summary>Holds for every ring at every moment.</summary>
    [Conditional("DEBUG")]
    public void AssertInvariants(RingPosition tail, RingPosition head, RingPosition limit)
    {
        Debug.Assert(tail <= limit && head <= limit, "What is read or written lies in segments the ring holds.");
        Debug.Assert(limit - head <= SegmentSize, "Only the last segment has room.");
        Debug.Assert(OffsetOf(tail) == 0 && OffsetOf(limit) == 0, "Segments come and go whole.");
        Debug.Assert(limit - tail < (long)SlotCount * SegmentSize, "No slot holds two segments.");
    }
}
