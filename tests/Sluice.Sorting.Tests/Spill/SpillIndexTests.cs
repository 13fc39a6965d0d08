using System.Buffers.Binary;

namespace Sluice.Sorting.Tests;

public class SpillIndexTests
{
    // Partitions take so much that their places need 64 bits.
    private const long Far = 1L << 60;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(170, 170)]
    [InlineData(171, 171)]
    [InlineData(340, 339)]
    [InlineData(10_000, 10_000)]
    [InlineData(10_000, 0)]
    [InlineData(10_000, 1)]
    [InlineData(10_000, 700)]
    public void Every_partition_is_found_where_it_was_written(int partitions, int filled)
    {
        Random random = new(partitions + filled);
        PartitionRange[] ranges = new PartitionRange[partitions];
        int[] all = [.. Enumerable.Range(0, partitions)];
        random.Shuffle(all);
        foreach (int partition in all[..filled])
        {
            int blocks = random.Next(1, int.MaxValue);
            long length = random.NextInt64((long)blocks * BlockFormat.HeaderSize, Far / 2);
            ranges[partition] = new PartitionRange(random.NextInt64(Far / 2), length, blocks);
        }

        MemoryStore store = new();
        IStoredFile file = new FarFile(store.Create("run"));
        (SpillIndex written, long end) = SpillIndex.Write(file, Far, ranges);

        Assert.Equal(end, Far + store.Files[0].Bytes.Length);
        SpillIndex read = SpillIndex.Read(file, end);
        Assert.Equal(written, read);
        Assert.Equal((Far, filled, partitions), (read.Offset, read.Entries, read.Partitions));
        Assert.All(all, partition => Assert.Equal(ranges[partition], read.Find(file, partition)));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.Find(file, partitions));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.Find(file, -1));
    }

    [Fact]
    public void A_file_is_read_back_by_itself()
    {
        using TestPool pool = new(4, 256);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[9];
        using WriteMemory memory = new(pool.Task, 1, null, CancellationToken.None);
        using SpillFileWriter writer = new(store, "run", memory, new PartitionTable(sums));
        List<TestRecord> records = TestRecords.Sorted(TestRecords.Random(1, 300, 8, 90));
        foreach (TestRecord record in records)
        {
            writer.MoveTo(record.Partition);
            writer.Blocks.Append(record.Key, record.Value);
        }

        writer.Finish();
        memory.Dispose();
        using SpillFile run = SpillFile.Open(store.Files[0], writer.Length);

        Assert.Equal(9, run.Partitions);
        Assert.Equal(store.Files[0].Bytes.Length, store.Files[0].End);
        List<string> read = [];
        for (int partition = 0; partition < run.Partitions; partition++)
        {
            using RunMerger merger = new(
                [new RunBlockSource(run, partition, pool.Task, CancellationToken.None)],
                2, pool.Task, store, null, CancellationToken.None);
            while (merger.MoveNext())
            {
                byte[] record = merger.Record.ToArray();
                read.Add(new TestRecord(partition, record[..merger.KeyLength], record[merger.KeyLength..]).Text);
            }

            Assert.Equal(sums[partition], merger.SourceSums()[0]);
        }

        Assert.Equal(records.Select(record => record.Text), read);
    }

    [Fact]
    public void Each_flipped_bit_of_index_and_trailer_is_found_and_named()
    {
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        PartitionRange[] ranges = [new(0, 90, 1), default, new(90, 40, 1)];
        (_, long length) = SpillIndex.Write(file, 130, ranges);
        byte[] bytes = store.Files[0].Bytes;

        for (int bit = 8 * 130; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            BlockCorruptException thrown =
                Assert.Throws<BlockCorruptException>(() => SpillIndex.Read(file, length).Find(file, 2));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Matches("^(Index block 0|The trailer) of run-0 is damaged: expected .*, found ", thrown.Message);
        }

        Assert.Equal(ranges[2], SpillIndex.Read(file, length).Find(file, 2));
    }

    [Fact]
    public void A_file_that_is_no_spill_file_or_cut_is_refused()
    {
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        (_, long length) = SpillIndex.Write(file, 0, [new PartitionRange(0, 90, 1)]);

        for (long cut = 0; cut < length; cut++)
        {
            Assert.Throws<BlockCorruptException>(() => SpillFile.Open(file, cut));
        }
    }

    [Theory]
    [InlineData(-1, 90, 1)]
    [InlineData(0, -90, 1)]
    [InlineData(0, 90, -1)]
    [InlineData(0, 90, 6)]
    [InlineData(0, 90, int.MaxValue)]
    [InlineData(41, 90, 1)]
    [InlineData(long.MaxValue, 90, 1)]
    [InlineData(0, long.MaxValue, 1)]
    [InlineData(0, long.MinValue, 1)]
    public void A_place_where_no_blocks_can_lie_is_damage(long offset, long length, int blocks)
    {
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        (SpillIndex index, _) = SpillIndex.Write(file, 130, [new PartitionRange(offset, length, blocks)]);

        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => index.Find(file, 0));

        Assert.StartsWith(
            "The index entry of partition 0 of run-0 is damaged: expected ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 2, 3)]
    [InlineData(0, 2, 3)]
    [InlineData(131, 2, 3)]
    [InlineData(long.MaxValue, 2, 3)]
    [InlineData(130, -1, 3)]
    [InlineData(130, 1, 3)]
    [InlineData(130, int.MaxValue, 3)]
    [InlineData(130, 2, 1)]
    [InlineData(130, 2, -1)]
    [InlineData(130, int.MinValue, int.MinValue)]
    public void A_trailer_that_fits_no_index_is_damage(long offset, int entries, int partitions)
    {
        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        (_, long length) = SpillIndex.Write(file, 130, [new(0, 90, 1), default, new(90, 40, 1)]);
        Span<byte> trailer = store.Files[0].Bytes.AsSpan(^SpillIndex.TrailerSize..);
        Span<byte> payload = trailer[BlockFormat.HeaderSize..];
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(payload[16..], entries);
        BinaryPrimitives.WriteInt32LittleEndian(payload[20..], partitions);
        BlockFormat.Seal(trailer, 0);

        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => SpillIndex.Read(file, length));

        Assert.StartsWith("The trailer of run-0 is damaged: expected ", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>The end of a file that is too large for a test.</summary>
    private sealed class FarFile(IStoredFile file) : FaultyFile(file)
    {
        public override void Write(ReadOnlySpan<byte> bytes, long offset) => base.Write(bytes, offset - Far);

        public override int Read(Span<byte> bytes, long offset) => base.Read(bytes, offset - Far);
    }
}
