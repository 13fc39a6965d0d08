using System.Diagnostics;

namespace Sluice.Sorting;

/// <summary>Record entries of one fill as an array that is spread over ring segments.</summary>
internal readonly unsafe struct EntryTable
{
    private readonly SegmentRing _ring;
    private readonly long _first;

    /// <param name="ring">Holds the entries, 16 bytes each.</param>
    /// <param name="firstPosition">Where the fill's first entry starts.</param>
    public EntryTable(SegmentRing ring, long firstPosition)
    {
        Debug.Assert(firstPosition % RecordEntry.Size == 0, "Entries are aligned, so that none crosses a segment.");
        _ring = ring;
        _first = firstPosition;
    }

    public ref RecordEntry this[long index] =>
        ref *(RecordEntry*)_ring.AddressOf(_first + (index * RecordEntry.Size));

    /// <summary>The entries from <paramref name="index"/> on that lie behind each other, at most <paramref name="count"/>.</summary>
    public Span<RecordEntry> Run(long index, long count)
    {
        long position = _first + (index * RecordEntry.Size);
        int inSegment = (_ring.SegmentSize - (int)(position & (_ring.SegmentSize - 1))) / RecordEntry.Size;
        return new Span<RecordEntry>((void*)_ring.AddressOf(position), (int)Math.Min(inSegment, count));
    }
}
