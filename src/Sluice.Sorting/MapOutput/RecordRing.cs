using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>The ring's levels, all in segments of one pool and one budget.</summary>
/// <remarks>
/// <code>
/// storing  Data       key value key value ... in order of arrival; a key that fits a segment never crosses its end
///          Positions  (key start, value start, record end) per record, 16 bytes
/// sorting  Entries    (key prefix, partition, number) per record, 16 bytes; these are what the sort moves
///          Scratch    as many bytes as Entries, reserved together with them so that a spill needs no more memory
/// </code>
/// No level has a share of its own: each takes the next segment when it has filled its last.
/// </remarks>
internal sealed class RecordRing
{
    /// <summary>Bytes a record costs besides its key and value.</summary>
    public const int BytesPerRecord = RecordPosition.Size + (2 * RecordEntry.Size);

    public RecordRing(int segmentSize, int maximumSegments)
    {
        Data = new SegmentRing(segmentSize, maximumSegments);
        Positions = new SegmentRing(segmentSize, maximumSegments);
        Entries = new SegmentRing(segmentSize, maximumSegments);
        Scratch = new SegmentRing(segmentSize, maximumSegments);
    }

    public SegmentRing Data { get; }

    public SegmentRing Positions { get; }

    public SegmentRing Entries { get; }

    public SegmentRing Scratch { get; }

    /// <summary>Number behind the last record; also how many were collected since the ring was made.</summary>
    public RecordNumber EndRecord { get; private set; }

    /// <summary>Adds a record whose bytes lie in <see cref="Data"/>; the three other levels must have room for
    /// it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Append(RecordPosition position, in RecordEntry entry)
    {
        *(RecordPosition*)Positions.AddressOf(Positions.Head) = position;
        *(RecordEntry*)Entries.AddressOf(Entries.Head) = entry;
        Positions.Advance(RecordPosition.Size);
        Scratch.Advance(RecordEntry.Size);
        Entries.Advance(RecordEntry.Size);
        EndRecord += 1;
    }

    /// <summary>Gives back the segments that only <paramref name="fill"/> and earlier fills used.</summary>
    /// <returns>How many segments went back.</returns>
    public int Release(RingFill fill)
    {
        RingPosition entriesEnd = Entries.Geometry.PositionOf(fill.EndRecord, RecordEntry.Size);
        return Data.ReleaseTo(fill.DataEnd) +
            Positions.ReleaseTo(Positions.Geometry.PositionOf(fill.EndRecord, RecordPosition.Size)) +
            Entries.ReleaseTo(entriesEnd) +
            Scratch.ReleaseTo(entriesEnd);
    }

    /// <summary>Gives everything back.</summary>
    public int ReleaseAll() =>
        Data.ReleaseAll() + Positions.ReleaseAll() + Entries.ReleaseAll() + Scratch.ReleaseAll();
}
