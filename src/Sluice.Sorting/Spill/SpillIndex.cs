using System.Buffers.Binary;

namespace Sluice.Sorting;

/// <summary>Where in a spill file its partitions lie: checksummed blocks of entries behind the last
/// partition.</summary>
/// <remarks>
/// Entries are read from the file when a partition is opened, so a run takes the same few bytes of memory whether it
/// has one partition or ten thousand.
/// <code>
/// file:     partitions | index block | ... | trailer
/// index block: block header (BlockFormat), entries; all but the last are a page long
/// entry, 24 bytes: partition u32, blocks u32, offset u64, length u64; ascending, only partitions that have a block
/// trailer, 40 bytes: block header, "sluice/1", index offset u64, entries u32, partitions u32
/// </code>
/// </remarks>
/// <param name="Offset">Where its first block starts in the file, bytes.</param>
/// <param name="Entries">Partitions that have a block.</param>
/// <param name="Partitions">Partitions of the run.</param>
internal readonly record struct SpillIndex(long Offset, int Entries, int Partitions)
{
    /// <summary>Bytes of the trailer, the file's last.</summary>
    public const int TrailerSize = BlockFormat.HeaderSize + 24;

    private const int BlockSize = 4096;
    private const int EntrySize = 24;
    private const int EntriesPerBlock = (BlockSize - BlockFormat.HeaderSize) / EntrySize;

    private static ReadOnlySpan<byte> Magic => "sluice/1"u8;

    /// <summary>Writes index and trailer, with which the file ends.</summary>
    /// <param name="file">Where.</param>
    /// <param name="offset">Where the index starts, bytes.</param>
    /// <param name="ranges">All partitions.</param>
    /// <returns>The index, and the file's length with it.</returns>
    public static (SpillIndex Index, long Length) Write(
        IStoredFile file, long offset, ReadOnlySpan<PartitionRange> ranges)
    {
        Span<byte> room = stackalloc byte[BlockSize + TrailerSize];
        long start = offset;
        int filled = BlockFormat.HeaderSize;
        int entries = 0;
        for (int partition = 0; partition < ranges.Length; partition++)
        {
            if (ranges[partition].Blocks == 0)
            {
                continue;
            }

            if (filled == BlockSize)
            {
                BlockFormat.Seal(room[..BlockSize], (entries - 1) / EntriesPerBlock);
                file.Write(room[..BlockSize], start);
                start += BlockSize;
                filled = BlockFormat.HeaderSize;
            }

            WriteEntry(room[filled..], partition, ranges[partition]);
            filled += EntrySize;
            entries++;
        }

        filled = entries == 0 ? 0 : filled;
        if (filled > 0)
        {
            BlockFormat.Seal(room[..filled], (entries - 1) / EntriesPerBlock);
        }

        SpillIndex index = new(offset, entries, ranges.Length);
        index.WriteTrailer(room.Slice(filled, TrailerSize));
        file.Write(room[..(filled + TrailerSize)], start);
        long length = start + filled + TrailerSize;
        file.Finish(length);
        return (index, length);
    }

    /// <summary>Finds the index of a file that somebody else wrote.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <exception cref="BlockCorruptException">The file does not end in a trailer.</exception>
    public static SpillIndex Read(IStoredFile file, long length)
    {
        Span<byte> trailer = stackalloc byte[TrailerSize];
        ReadBlock(file, Math.Max(0, length - TrailerSize), trailer, 0, "The trailer");
        ReadOnlySpan<byte> payload = trailer[BlockFormat.HeaderSize..];
        if (!payload.StartsWith(Magic))
        {
            throw BlockCorruptException.OfIndex(
                file.Path, "The trailer", "expected the name of this format, found another");
        }

        SpillIndex index = new(
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[20..]));
        return index.Offset >= 0
            && (uint)index.Entries <= (uint)Math.Max(0, index.Partitions)
            && index.Offset == length - TrailerSize - index.EntriesLength
            ? index
            : throw BlockCorruptException.OfIndex(
                file.Path,
                "The trailer",
                $"expected an index between the partitions and byte {length - TrailerSize}, " +
                $"found {index.Entries} entries of {index.Partitions} at byte {index.Offset}");
    }

    /// <summary>Where a partition lies; one without blocks lies nowhere.</summary>
    /// <remarks>Reads one block, or several halves of halves when many partitions are empty.</remarks>
    /// <exception cref="BlockCorruptException">The index is not what was written.</exception>
    public PartitionRange Find(IStoredFile file, int partition)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)partition, (uint)Partitions, nameof(partition));
        Span<byte> room = stackalloc byte[BlockSize];

        // An entry's number is its partition's less the empty ones before: where none is, the first guess is right.
        int guess = partition / EntriesPerBlock;
        int low = 0;
        int high = (Entries - 1) / EntriesPerBlock;
        while (low <= high && Entries > 0)
        {
            int block = Math.Clamp(guess, low, high);
            ReadOnlySpan<byte> entries = ReadEntries(file, block, room);
            if (partition < PartitionAt(entries))
            {
                high = block - 1;
            }
            else if (partition > PartitionAt(entries[^EntrySize..]))
            {
                low = block + 1;
            }
            else
            {
                PartitionRange range = FindIn(entries, partition);
                return range == default ? range : Checked(file, range, partition);
            }

            guess = (low + high) / 2;
        }

        return default;
    }

    // Of the whole index, headers included.
    private long EntriesLength =>
        ((long)Entries * EntrySize)
        + (((long)Entries + EntriesPerBlock - 1) / EntriesPerBlock * BlockFormat.HeaderSize);

    private PartitionRange Checked(IStoredFile file, PartitionRange range, int partition) =>
        range.Blocks > 0
        && range.Offset >= 0
        && range.Offset <= Offset - range.Length
        && range.Length >= (long)range.Blocks * BlockFormat.HeaderSize
            ? range
            : throw BlockCorruptException.OfIndex(
                file.Path,
                $"The index entry of partition {partition}",
                $"expected blocks before byte {Offset}, " +
                $"found {range.Blocks} in {range.Length} bytes at byte {range.Offset}");

    private static PartitionRange FindIn(ReadOnlySpan<byte> entries, int partition)
    {
        int low = 0;
        for (int high = (entries.Length / EntrySize) - 1; low <= high;)
        {
            int middle = (low + high) / 2;
            ReadOnlySpan<byte> entry = entries.Slice(middle * EntrySize, EntrySize);
            int found = PartitionAt(entry);
            if (found == partition)
            {
                return new PartitionRange(
                    BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
                    BinaryPrimitives.ReadInt32LittleEndian(entry[4..]));
            }

            (low, high) = found < partition ? (middle + 1, high) : (low, middle - 1);
        }

        return default;
    }

    private static int PartitionAt(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32LittleEndian(entry);

    private static void WriteEntry(Span<byte> entry, int partition, PartitionRange range)
    {
        BinaryPrimitives.WriteInt32LittleEndian(entry, partition);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], range.Blocks);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], range.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], range.Length);
    }

    private static void ReadBlock(IStoredFile file, long offset, Span<byte> block, int number, string what)
    {
        int read = file.Read(block, offset);
        if (read < block.Length)
        {
            throw BlockCorruptException.OfIndex(file.Path, what, $"expected {block.Length} bytes, found {read}");
        }

        if (!BlockFormat.Verify(block, number, out string? damage))
        {
            throw BlockCorruptException.OfIndex(file.Path, what, damage);
        }
    }

    private void WriteTrailer(Span<byte> trailer)
    {
        Span<byte> payload = trailer[BlockFormat.HeaderSize..];
        Magic.CopyTo(payload);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(payload[16..], Entries);
        BinaryPrimitives.WriteInt32LittleEndian(payload[20..], Partitions);
        BlockFormat.Seal(trailer, 0);
    }

    private ReadOnlySpan<byte> ReadEntries(IStoredFile file, int block, Span<byte> room)
    {
        int first = block * EntriesPerBlock;
        int length = BlockFormat.HeaderSize + (Math.Min(EntriesPerBlock, Entries - first) * EntrySize);
        ReadBlock(file, Offset + ((long)block * BlockSize), room[..length], block, $"Index block {block}");
        return room[BlockFormat.HeaderSize..length];
    }
}
