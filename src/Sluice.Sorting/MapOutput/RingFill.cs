using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sorting;

/// <summary>The records collected between two spills: a stretch of the ring's three levels.</summary>
/// <param name="Ring">Where the records lie.</param>
/// <param name="FirstRecord">Number of the first record, counted from the ring's first.</param>
/// <param name="EndRecord">Number behind the last record.</param>
/// <param name="DataEnd">Byte position behind the last record.</param>
internal sealed record RingFill(RecordRing Ring, RecordNumber FirstRecord, RecordNumber EndRecord, RingPosition DataEnd)
    : IKeySource
{
    private const int PositionsAhead = 16;
    private const int KeysAhead = 8;

    public bool AreBytes => true;

    public long Count => EndRecord - FirstRecord;

    /// <summary>Whether its entries are in order.</summary>
    public bool IsSorted { get; set; }

    /// <summary>Bytes of its keys and values, and of the gaps between them; 0 without records.</summary>
    public long DataLength => Count == 0 ? 0 : DataEnd - PositionOf(0).KeyStart;

    public EntryTable Entries => new(Ring.Entries, FirstRecord);

    public EntryTable Scratch => new(Ring.Scratch, FirstRecord);

    /// <summary>Where record <paramref name="number"/> of the fill lies.</summary>
    public unsafe RecordPosition PositionOf(uint number) =>
        *(RecordPosition*)AddressOfPosition(number);

    /// <summary>Where that position is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint AddressOfPosition(uint number) =>
        Ring.Positions.AddressOf(Ring.Positions.Geometry.PositionOf(FirstRecord + number, RecordPosition.Size));

    public int KeyLength(uint number) => PositionOf(number).KeyLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public KeyWords LoadWords(Span<RecordEntry> entries, int offset)
    {
        int ended = 0;
        ulong first = 0;
        ulong differences = 0;
        for (int i = -PositionsAhead; i < 0; i++)
        {
            Prefetch(entries, i, offset);
        }

        for (int i = 0; i < entries.Length; i++)
        {
            Prefetch(entries, i, offset);
            ref RecordEntry entry = ref entries[i];
            RecordPosition position = PositionOf(entry.Number);
            int left = position.KeyLength - offset;
            if (left <= 0)
            {
                entry.Prefix = (ulong)position.KeyLength;
                entry.Partition = ~entry.Partition;
                ended++;
                continue;
            }

            ulong word = WordAt(position.KeyStart + offset, left);
            entry.Prefix = word;
            first = ended == i ? word : first;
            differences |= word ^ first;
        }

        return new KeyWords(ended, first, differences);
    }

    public int CommonLength(ReadOnlySpan<RecordEntry> entries, int offset, uint first)
    {
        // What crosses a segment's end is compared up to there: less in common only means another step.
        RecordPosition position = PositionOf(first);
        ReadOnlySpan<byte> common = Ring.Data.SpanAt(position.KeyStart + offset, position.KeyLength - offset);
        foreach (ref readonly RecordEntry entry in entries)
        {
            position = PositionOf(entry.Number);
            ReadOnlySpan<byte> key = Ring.Data.SpanAt(position.KeyStart + offset, position.KeyLength - offset);
            common = common[..common.CommonPrefixLength(key)];
            if (common.Length < sizeof(ulong))
            {
                return 0;
            }
        }

        return common.Length;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe ulong WordAt(RingPosition position, int length) =>
        Math.Min(length, Ring.Data.Geometry.LeftInSegment(position)) >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64BigEndian(
                new ReadOnlySpan<byte>((void*)Ring.Data.AddressOf(position), sizeof(ulong)))
            : LastWordAt(position, length);

    // The key ends here, or its segment does.
    private ulong LastWordAt(RingPosition position, int length)
    {
        length = Math.Min(length, sizeof(ulong));
        ReadOnlySpan<byte> bytes = Ring.Data.SpanAt(position, length);
        if (bytes.Length == length)
        {
            return KeyPrefix.Of(bytes);
        }

        Span<byte> joined = stackalloc byte[sizeof(ulong)];
        Ring.Data.CopyTo(position, joined[..length]);
        return KeyPrefix.Of(joined[..length]);
    }

    // Sorted entries point anywhere in the ring: many misses are under way at once, first the positions' own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(Span<RecordEntry> entries, int index, int offset)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        if ((uint)(index + PositionsAhead) < (uint)entries.Length)
        {
            Sse.Prefetch0((void*)AddressOfPosition(entries[index + PositionsAhead].Number));
        }

        if ((uint)(index + KeysAhead) < (uint)entries.Length)
        {
            RingPosition key = PositionOf(entries[index + KeysAhead].Number).KeyStart;
            Sse.Prefetch0((byte*)Ring.Data.AddressOf(key) + offset);
        }
    }
}
