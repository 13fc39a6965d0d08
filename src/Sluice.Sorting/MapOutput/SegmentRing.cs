using System.Diagnostics;
using System.Numerics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>A ring of bytes over pool segments: positions only grow, segments come at the limit and go at the tail.</summary>
/// <remarks>
/// <code>
///            Tail                Head   Limit
///   ---------|==========|========|......|---------
///    gone     being      to be    room   not held
///    (free)   spilled    spilled
/// </code>
/// A position's segment is slot (position / segment size) modulo the number of slots, its byte the remainder.
/// Threading: the collector writes at the head, the spiller reads and releases below the end of the fill it was given.
/// The two meet in different slots; the hand-over of a fill under the buffer's lock makes the slots visible.
/// </remarks>
internal sealed unsafe class SegmentRing
{
    private readonly NetworkBuffer[] _slots;
    private readonly nint[] _addresses;
    private readonly int _slotMask;
    private readonly int _shift;
    private readonly int _offsetMask;

    /// <param name="segmentSize">Bytes of one segment, a power of two.</param>
    /// <param name="maximumSegments">How many segments the ring can hold at once.</param>
    public SegmentRing(int segmentSize, int maximumSegments)
    {
        Debug.Assert(BitOperations.IsPow2(segmentSize), "A position is split into slot and offset by shifting.");
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)maximumSegments + 1);
        _slots = new NetworkBuffer[slots];
        _addresses = new nint[slots];
        _slotMask = slots - 1;
        _shift = BitOperations.Log2((uint)segmentSize);
        _offsetMask = segmentSize - 1;
    }

    /// <summary>The next byte to write.</summary>
    public long Head { get; private set; }

    /// <summary>The first byte that is not released yet; always a segment's start.</summary>
    public long Tail { get; private set; }

    /// <summary>The end of the last segment the ring holds; always a segment's start.</summary>
    public long Limit { get; private set; }

    /// <summary>Bytes that can be written before the ring needs its next segment.</summary>
    public int Room => (int)(Limit - Head);

    /// <summary>Bytes of one segment.</summary>
    public int SegmentSize => _offsetMask + 1;

    /// <summary>Gives the ring its next segment; only when <see cref="Room"/> is 0.</summary>
    public void AddSegment(NetworkBuffer buffer)
    {
        Debug.Assert(Room == 0, "A segment is added where the last one ends.");
        int slot = (int)(Limit >> _shift) & _slotMask;
        Debug.Assert(_addresses[slot] == 0, "The ring has more slots than it may hold segments.");
        _slots[slot] = buffer;
        _addresses[slot] = (nint)buffer.Segment.Pointer;
        Limit += SegmentSize;
    }

    /// <summary>Copies as much of <paramref name="bytes"/> as there is room for; returns how much.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        bytes[..count].CopyTo(new Span<byte>((void*)AddressOf(Head), count));
        Head += count;
        return count;
    }

    /// <summary>Moves the head over <paramref name="count"/> bytes of the last segment.</summary>
    public void Advance(int count)
    {
        Debug.Assert(count <= Room, "The head does not leave the segments the ring holds.");
        Head += count;
    }

    /// <summary>The address of the byte at <paramref name="position"/>; valid to the end of its segment.</summary>
    public nint AddressOf(long position) =>
        _addresses[(int)(position >> _shift) & _slotMask] + (nint)(position & _offsetMask);

    /// <summary>The bytes from <paramref name="position"/> on, cut at the end of the segment.</summary>
    public ReadOnlySpan<byte> SpanAt(long position, int length) =>
        new((void*)AddressOf(position), Math.Min(length, SegmentSize - (int)(position & _offsetMask)));

    /// <summary>Copies bytes that may cross any number of segments.</summary>
    public void CopyTo(long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> piece = SpanAt(position, destination.Length);
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            position += piece.Length;
        }
    }

    /// <summary>Gives back every segment that lies wholly below <paramref name="position"/>.</summary>
    /// <returns>How many segments went back.</returns>
    public int ReleaseTo(long position)
    {
        int released = 0;
        while (Tail + SegmentSize <= position)
        {
            int slot = (int)(Tail >> _shift) & _slotMask;
            NetworkBuffer buffer = _slots[slot];
            _slots[slot] = default;
            _addresses[slot] = 0;
            Tail += SegmentSize;
            buffer.Release();
            released++;
        }

        return released;
    }

    /// <summary>Gives every segment back; what was written is gone.</summary>
    public int ReleaseAll()
    {
        int released = ReleaseTo(Limit);
        Head = Limit;
        return released;
    }
}
