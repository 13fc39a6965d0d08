namespace Sluice.Sorting;

/// <summary>The records collected between two spills: a stretch of the ring's three levels.</summary>
/// <param name="Ring">Where the records lie.</param>
/// <param name="FirstRecord">Number of the first record, counted from the ring's first.</param>
/// <param name="EndRecord">Number behind the last record.</param>
/// <param name="DataEnd">Byte position behind the last record.</param>
internal sealed record RingFill(RecordRing Ring, RecordNumber FirstRecord, RecordNumber EndRecord, RingPosition DataEnd)
    : IKeySource
{
    public bool AreBytes => true;

    public long Count => EndRecord - FirstRecord;

    /// <summary>Bytes of its keys and values, and of the gaps between them; 0 without records.</summary>
    public long DataLength => Count == 0 ? 0 : DataEnd - PositionOf(0).KeyStart;

    public EntryTable Entries => new(Ring.Entries, FirstRecord);

    public EntryTable Scratch => new(Ring.Scratch, FirstRecord);

    /// <summary>Where record <paramref name="number"/> of the fill lies.</summary>
    public unsafe RecordPosition PositionOf(uint number) =>
        *(RecordPosition*)AddressOfPosition(number);

    /// <summary>Where that position is kept.</summary>
    public nint AddressOfPosition(uint number) =>
        Ring.Positions.AddressOf(Ring.Positions.Geometry.PositionOf(FirstRecord + number, RecordPosition.Size));

    public int KeyLength(uint number) => PositionOf(number).KeyLength;

    public ulong KeyWord(uint number, int offset)
    {
        RecordPosition position = PositionOf(number);
        int length = position.KeyLength - offset;
        if (length <= 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> bytes = Ring.Data.SpanAt(position.KeyStart + offset, Math.Min(length, sizeof(ulong)));
        if (bytes.Length == Math.Min(length, sizeof(ulong)))
        {
            return KeyPrefix.Of(bytes);
        }

        Span<byte> joined = stackalloc byte[sizeof(ulong)];
        joined = joined[..Math.Min(length, sizeof(ulong))];
        Ring.Data.CopyTo(position.KeyStart + offset, joined);
        return KeyPrefix.Of(joined);
    }

    public int Compare(uint left, uint right, int offset)
    {
        RecordPosition a = PositionOf(left);
        RecordPosition b = PositionOf(right);
        int aLeft = Math.Max(a.KeyLength - offset, 0);
        int bLeft = Math.Max(b.KeyLength - offset, 0);
        RingPosition aAt = a.KeyStart + offset;
        RingPosition bAt = b.KeyStart + offset;
        while (aLeft > 0 && bLeft > 0)
        {
            // Keys that fit a segment lie in one piece; longer ones are compared piece by piece.
            ReadOnlySpan<byte> aPiece = Ring.Data.SpanAt(aAt, aLeft);
            ReadOnlySpan<byte> bPiece = Ring.Data.SpanAt(bAt, bLeft);
            int common = Math.Min(aPiece.Length, bPiece.Length);
            int order = aPiece[..common].SequenceCompareTo(bPiece[..common]);
            if (order != 0)
            {
                return order;
            }

            aLeft -= common;
            bLeft -= common;
            aAt += common;
            bAt += common;
        }

        return aLeft.CompareTo(bLeft);
    }
}
