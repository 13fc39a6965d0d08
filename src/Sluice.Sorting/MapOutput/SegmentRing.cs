using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>
/// A ring of bytes over pool segments: positions only grow, segments come at the limit and go at the tail.
/// </summary>
/// <remarks>
/// <code>
///            Tail                Head   Limit
///   ---------|==========|========|......|---------
///    gone     being      to be    room   not held
///    (free)   spilled    spilled
/// </code>
/// Threading: the collector writes at the head, the spiller reads and releases below the end of the fill it was given.
/// The two meet in different slots; the hand-over of a fill under the buffer's lock makes the slots visible.
/// </remarks>
internal sealed unsafe class SegmentRing
{
    private readonly RingGeometry _geometry;
    private readonly NetworkBuffer[] _slots;
    private readonly nint[] _addresses;

    /// <param name="segmentSize">Bytes of one segment, a power of two.</param>
    /// <param name="maximumSegments">How many segments the ring can hold at once.</param>
    public SegmentRing(int segmentSize, int maximumSegments)
    {
        _geometry = new RingGeometry(segmentSize, maximumSegments);
        _slots = new NetworkBuffer[_geometry.SlotCount];
        _addresses = new nint[_geometry.SlotCount];
    }

    /// <summary>The next byte to write.</summary>
    public RingPosition Head { get; private set; }

    /// <summary>The first byte that is not released yet; always a segment's start.</summary>
    public RingPosition Tail { get; private set; }

    /// <summary>The end of the last segment the ring holds; always a segment's start.</summary>
    public RingPosition Limit { get; private set; }

    /// <summary>Bytes that can be written before the ring needs its next segment.</summary>
    public int Room
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Limit - Head);
    }

    /// <summary>Bytes of one segment.</summary>
    public int SegmentSize => _geometry.SegmentSize;

    /// <summary>How the ring counts.</summary>
    public RingGeometry Geometry => _geometry;

    /// <summary>Gives the ring its next segment; only when <see cref="Room"/> is 0.</summary>
    public void AddSegment(NetworkBuffer buffer)
    {
        Debug.Assert(Room == 0, "A segment is added where the last one ends.");
        int slot = _geometry.SlotOf(Limit);
        Debug.Assert(_addresses[slot] == 0, "The ring has more slots than it may hold segments.");
        _slots[slot] = buffer;
        _addresses[slot] = (nint)buffer.Segment.Pointer;
        Limit += SegmentSize;
        _geometry.AssertInvariants(Tail, Head, Limit);
    }

    /// <summary>Copies as much of <paramref name="bytes"/> as there is room for; returns how much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        bytes[..count].CopyTo(new Span<byte>((void*)AddressOf(Head), count));
        Head += count;
        return count;
    }

    /// <summary>Copies a key and its value behind it if there is room for both; else nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        long length = (long)key.Length + value.Length;
        if (length > Room)
        {
            return false;
        }

        Span<byte> room = new((void*)AddressOf(Head), (int)length);
        ref byte start = ref MemoryMarshal.GetReference(key);
        if (Unsafe.AreSame(ref Unsafe.Add(ref start, key.Length), ref MemoryMarshal.GetReference(value)))
        {
            // They lie so already, as when the key begins the record.
            MemoryMarshal.CreateReadOnlySpan(ref start, (int)length).CopyTo(room);
        }
        else
        {
            key.CopyTo(room);
            value.CopyTo(room[key.Length..]);
        }

        Head += (int)length;
        return true;
    }

    /// <summary>Moves the head over <paramref name="count"/> bytes of the last segment.</summary>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= Room, "The head does not leave the segments the ring holds.");
        Head += count;
    }

    /// <summary>The room of the last segment, to be written in place; <see cref="Advance"/> follows.</summary>
    public Span<byte> RoomSpan() => new((void*)AddressOf(Head), Room);

    /// <summary>The address of the byte at <paramref name="position"/>; valid to the end of its segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint AddressOf(RingPosition position) =>
        _addresses[_geometry.SlotOf(position)] + _geometry.OffsetOf(position);

    /// <summary>The bytes from <paramref name="position"/> on, cut at the end of the segment.</summary>
    public Span<byte> SpanAt(RingPosition position, int length) =>
        new((void*)AddressOf(position), Math.Min(length, _geometry.LeftInSegment(position)));

    /// <summary>Copies bytes that may cross any number of segments.</summary>
    public void CopyTo(RingPosition position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> piece = SpanAt(position, destination.Length);
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            position += piece.Length;
        }
    }

    /// <summary>Bytes in one piece: where they lie, or joined in a buffer that grows to the longest.</summary>
    public ReadOnlySpan<byte> Join(RingPosition position, int length, ref byte[] joined)
    {
        ReadOnlySpan<byte> bytes = SpanAt(position, length);
        if (bytes.Length == length)
        {
            return bytes;
        }

        if (joined.Length < length)
        {
            joined = new byte[length];
        }

        CopyTo(position, joined.AsSpan(0, length));
        return joined.AsSpan(0, length);
    }

    /// <summary>Gives back every segment that lies wholly below <paramref name="position"/>.</summary>
    /// <returns>How many segments went back.</returns>
    public int ReleaseTo(RingPosition position)
    {
        int released = 0;
        while (Tail + SegmentSize <= position)
        {
            ReleaseSegment(Tail);
            Tail += SegmentSize;
            released++;
        }

        return released;
    }

    /// <summary>Takes the head back to <paramref name="position"/>: what was written behind it never was.</summary>
    /// <returns>How many segments went back, those that lay wholly behind the position's own.</returns>
    public int Rewind(RingPosition position)
    {
        Debug.Assert(position <= Head, "The head only goes back.");
        int released = 0;
        while (Limit - position > SegmentSize)
        {
            Limit -= SegmentSize;
            ReleaseSegment(Limit);
            released++;
        }

        Head = position;
        _geometry.AssertInvariants(Tail, Head, Limit);
        return released;
    }

    /// <summary>Gives every segment back; what was written is gone.</summary>
    public int ReleaseAll()
    {
        int released = ReleaseTo(Limit);
        Head = Limit;
        return released;
    }

    private void ReleaseSegment(RingPosition start)
    {
        int slot = _geometry.SlotOf(start);
        NetworkBuffer buffer = _slots[slot];
        _slots[slot] = default;
        _addresses[slot] = 0;
        buffer.Release();
    }
}
