namespace Sluice.Sorting;

/// <summary>Record entries of one fill as an array that is spread over ring segments.</summary>
internal readonly unsafe struct EntryTable
{
    private readonly SegmentRing _ring;
    private readonly RingPosition _first;

    /// <param name="ring">Holds the entries, 16 bytes each.</param>
    /// <param name="firstRecord">Whose entry is the table's first.</param>
    public EntryTable(SegmentRing ring, RecordNumber firstRecord)
    {
        _ring = ring;
        _first = ring.Geometry.PositionOf(firstRecord, RecordEntry.Size);
    }

    public ref RecordEntry this[long index] =>
        ref *(RecordEntry*)_ring.AddressOf(_first + (index * RecordEntry.Size));

    /// <summary>
    /// The entries from <paramref name="index"/> on that lie behind each other, at most <paramref name="count"/>.
    /// </summary>
    public Span<RecordEntry> Run(long index, long count)
    {
        RingPosition position = _first + (index * RecordEntry.Size);
        int inSegment = _ring.Geometry.LeftInSegment(position) / RecordEntry.Size;
        return new Span<RecordEntry>((void*)_ring.AddressOf(position), (int)Math.Min(inSegment, count));
    }
}
