namespace Sluice.Sorting.Tests;

public class SpillIndexTests
{
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
            ranges[partition] = new PartitionRange(
                random.NextInt64(), random.NextInt64(), random.Next(1, int.MaxValue));
        }

        MemoryStore store = new();
        IStoredFile file = store.Create("run");
        (SpillIndex written, long length) = SpillIndex.Write(file, 777, ranges);

        Assert.Equal(length, store.Files[0].Bytes.Length);
        SpillIndex read = SpillIndex.Read(file, length);
        Assert.Equal(written, read);
        Assert.Equal((777L, filled, partitions), (read.Offset, read.Entries, read.Partitions));
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
        (_, long length) = SpillIndex.Write(file, 0, ranges);
        byte[] bytes = store.Files[0].Bytes;

        for (int bit = 0; bit < 8 * bytes.Length; bit++)
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
}
