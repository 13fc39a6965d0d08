namespace Sluice.Sorting.Tests;

/// <summary>Blocks whose checksums are right and whose content no writer of ours makes.</summary>
public class DamagedRecordTests
{
    private const int SegmentSize = 256;

    [Theory]
    [InlineData("8080808008 00", "found 2147483648 and 0")]
    [InlineData("00 8080808008", "found 0 and 2147483648")]
    [InlineData("FFFFFFFF0F FFFFFFFF0F", "found 4294967295 and 4294967295")]
    [InlineData("FFFFFFFF07 01", "found 2147483647 and 1")]
    [InlineData("8080808010 00", "found more")]
    [InlineData("00 808080808001", "found more")]
    [InlineData("FFFFFFFF07 00 4142", "found the end of the run")]
    [InlineData("05 05 414243", "found the end of the run")]
    [InlineData("05", "found the end of the run")]
    [InlineData("8080", "found the end of the run")]
    public void Lengths_that_cannot_be_are_damage_of_their_block(string payload, string found)
    {
        byte[] bytes = Convert.FromHexString(payload.Replace(" ", "", StringComparison.Ordinal));
        byte[] whole = [0, 2, 65, 66];

        // In a block of its own, behind a record, and cut by a block's end at each place.
        AssertDamaged(0, found, bytes);
        AssertDamaged(0, found, [.. whole, .. bytes]);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            // Which of the two is named depends on where it shows.
            AssertDamaged(null, found, bytes[..cut], bytes[cut..]);
        }
    }

    [Theory]
    [InlineData(77, 8, "found codec 77")]
    [InlineData(1, 8, "found another length")]
    [InlineData(1, SegmentSize + 1, "found another length")]
    [InlineData(1, -1, "found another length")]
    [InlineData(1, int.MaxValue, "found another length")]
    public void A_payload_that_its_codec_does_not_give_back_is_damage_of_its_block(
        byte codec, int rawLength, string found)
    {
        byte[] block = new byte[BlockFormat.HeaderSize + 8];
        BlockFormat.Seal(block, 0, codec, rawLength);

        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => ReadBlocks([block]));

        AssertNames(thrown, 0, found);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Whatever_stands_in_blocks_is_read_or_named_as_damage(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 400; round++)
        {
            byte[][] blocks = new byte[random.Next(1, 4)][];
            for (int number = 0; number < blocks.Length; number++)
            {
                blocks[number] = new byte[random.Next(BlockFormat.HeaderSize, SegmentSize + 1)];
                FillWithLengths(random, blocks[number].AsSpan(BlockFormat.HeaderSize));
                byte codec = (byte)Math.Max(0, random.Next(-8, 3));
                int rawLength = random.Next(4) == 0 ? random.Next() : random.Next(SegmentSize);
                BlockFormat.Seal(blocks[number], number, codec, rawLength);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? thrown = Record.Exception(() => ReadBlocks(blocks));

            Assert.True(thrown is null or BlockCorruptException, $"round {round}: {thrown}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void A_file_with_flipped_bits_or_a_lost_end_gives_its_records_or_is_named_as_damaged(int seed)
    {
        Random random = new(seed);
        byte[] whole = FileOf(
            [.. Enumerable.Range(0, 3).Select(number => BlockOf(number, [1, 2, (byte)number, 8, 9]))]);
        List<string> records = ReadFile(whole);
        Assert.Equal(3, records.Count);
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int flips = random.Next(1, 4); flips > 0 && damaged.Length > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            List<string>? read = null;
            Exception? thrown = Record.Exception(() => read = ReadFile(damaged));

            Assert.True(thrown is null or BlockCorruptException, $"round {round}: {thrown}");
            Assert.True(read is null || read.SequenceEqual(records), $"round {round}: other records");
        }
    }

    private static void AssertDamaged(int? sequence, string found, params byte[][] payloads)
    {
        byte[][] blocks = [.. payloads.Select((payload, number) => BlockOf(number, payload))];

        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => ReadBlocks(blocks));

        AssertNames(thrown, sequence ?? thrown.Sequence, found);
        Assert.InRange(thrown.Sequence, 0, payloads.Length - 1);
    }

    private static void AssertNames(BlockCorruptException thrown, long sequence, string found)
    {
        Assert.Equal("run-0", thrown.Run);
        Assert.Equal(0, thrown.Partition);
        Assert.Equal(sequence, thrown.Sequence);
        Assert.StartsWith(
            $"Block {sequence} of partition 0 in run-0 is damaged: expected ",
            thrown.Message,
            StringComparison.Ordinal);
        Assert.Contains(found, thrown.Message, StringComparison.Ordinal);
    }

    // Bytes that go on, end and begin varints more often than chance does.
    private static void FillWithLengths(Random random, Span<byte> payload)
    {
        random.NextBytes(payload);
        foreach (ref byte value in payload)
        {
            value = random.Next(4) switch
            {
                0 => (byte)random.Next(4),
                1 => 0xFF,
                2 => 0x80,
                _ => value,
            };
        }
    }

    private static byte[] BlockOf(int number, byte[] payload)
    {
        byte[] block = [.. new byte[BlockFormat.HeaderSize], .. payload];
        BlockFormat.Seal(block, number);
        return block;
    }

    private static byte[] FileOf(byte[][] blocks)
    {
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        long end = 0;
        foreach (byte[] block in blocks)
        {
            file.Write(block, end);
            end += block.Length;
        }

        SpillIndex.Write(file, end, [new PartitionRange(0, end, blocks.Length)]);
        return store.Files[0].Bytes;
    }

    private static void ReadBlocks(byte[][] blocks) => ReadFile(FileOf(blocks));

    private static List<string> ReadFile(byte[] bytes)
    {
        using TestPool pool = new(12, SegmentSize);
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        file.Write(bytes, 0);
        using SpillFile run = SpillFile.Open(file, bytes.Length);
        using RunMerger merger = new(
            [new RunBlockSource(run, 0, pool.Task, CancellationToken.None)], 2, pool.Task, store, null,
            CancellationToken.None);
        List<string> read = [];
        while (merger.MoveNext())
        {
            read.Add(Convert.ToHexString(merger.Record));
        }

        return read;
    }
}
