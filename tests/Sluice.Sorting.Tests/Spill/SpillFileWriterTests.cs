namespace Sluice.Sorting.Tests;

public class SpillFileWriterTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 4, false)]
    [InlineData(5, 7, true)]
    [InlineData(8, 3, false)]
    [InlineData(11, 64, false)]
    [InlineData(16, 8, true)]
    public void Every_record_is_read_back_from_its_partition_whatever_the_sizes(
        int segments, int readAtOnce, bool compressed)
    {
        const int SegmentSize = 16 * 1024;
        using TestPool pool = new(segments + readAtOnce + 4, SegmentSize);
        MemoryStore store = new();
        WriteMemory memory = new(
            pool.Task, segments, compressed ? new BrotliCodec() : null, CancellationToken.None);
        int[] counts = [3000, 0, 1, 40, 3500, 1, 7, 2700, 60];
        RecordSum[] written = new RecordSum[counts.Length];
        SpillFileWriter writer = new(store, "run", memory, new PartitionTable(written));
        List<TestRecord>[] records =
            [.. counts.Select((count, seed) => TestRecords.Sorted(TestRecords.Random(seed, count, 1, 200)).ToList())];
        for (int partition = 0; partition < counts.Length; partition++)
        {
            writer.MoveTo(partition);
            records[partition].ForEach(record => writer.Blocks.Append(record.Key, record.Value));
        }

        using SortedRun run = writer.Finish();
        writer.Dispose();
        memory.Dispose();

        Assert.Equal(store.Files[0].Bytes.Length, writer.Length);
        for (int partition = 0; partition < counts.Length; partition++)
        {
            using RunBlockSource source = new(run, partition, pool.Task, CancellationToken.None, readAtOnce);
            using RunMerger merger = new(
                [source],
                2,
                pool.Task,
                store,
                null,
                CancellationToken.None);
            foreach (TestRecord expected in records[partition])
            {
                Assert.True(merger.MoveNext());
                Assert.Equal([.. expected.Key, .. expected.Value], merger.Record.ToArray());
            }

            Assert.False(merger.MoveNext());
            Assert.Equal(written[partition], merger.SourceSums()[0]);
        }
    }

    [Fact]
    public void What_follows_a_large_partition_starts_at_a_page()
    {
        using TestPool pool = new(4, 16 * 1024);
        MemoryStore store = new();
        using SortedRun run = RunOf(store, pool, 2, 300_001, 11, 11);

        Assert.Equal(0, run.RangeOf(1).Offset % StorageFile.PageSize);
        Assert.InRange(run.RangeOf(1).Offset - run.RangeOf(0).Length, 1, StorageFile.PageSize - 1);
        Assert.Equal(run.RangeOf(1).Offset + run.RangeOf(1).Length, run.RangeOf(2).Offset);
    }

    [Fact]
    public void Blocks_of_a_large_partition_are_read_by_many_at_once_and_those_behind_a_small_one_too()
    {
        const int SegmentSize = 16 * 1024;
        using TestPool pool = new(24, SegmentSize);
        MemoryStore store = new();
        using SortedRun run = RunOf(store, pool, 4, 300_001, 11, 300_001);

        // Nineteen blocks by eights; behind the small partition the first is shorter, and read alone.
        Assert.Equal(1 + 3, ReadsOf(run, 0, store, pool));
        Assert.Equal(1 + 1, ReadsOf(run, 1, store, pool));
        Assert.Equal(1 + 1 + 3, ReadsOf(run, 2, store, pool));
    }

    [Fact]
    public void Only_partitions_that_went_to_a_device_are_waited_for()
    {
        using TestPool pool = new(4, 16 * 1024);
        MemoryStore store = new();
        using SortedRun run = RunOf(store, pool, 2, 100_001, 100_001);
        MemoryStore.StoredFile file = store.Files[0];

        Assert.False(run.WaitsForDevice(0));
        file.DeviceFrom = run.RangeOf(1).Offset;
        Assert.False(run.WaitsForDevice(0));
        Assert.True(run.WaitsForDevice(1));

        // Damage is told to who reads, not to who asks.
        file.Bytes.AsSpan((int)run.Length).Clear();
        Assert.False(run.WaitsForDevice(1));
        Assert.Throws<BlockCorruptException>(() => run.Open(1));
    }

    // One record in each partition.
    private static SortedRun RunOf(MemoryStore store, TestPool pool, int writeSegments, params int[] valueLengths)
    {
        using WriteMemory memory = new(pool.Task, writeSegments, null, CancellationToken.None);
        using SpillFileWriter writer = new(
            store, "run", memory, new PartitionTable(new RecordSum[valueLengths.Length]));
        for (int partition = 0; partition < valueLengths.Length; partition++)
        {
            writer.MoveTo(partition);
            writer.Blocks.Append([1], new byte[valueLengths[partition]]);
        }

        return writer.Finish();
    }

    // Calls of the file, the index's among them.
    private static int ReadsOf(SortedRun run, int partition, MemoryStore store, TestPool pool)
    {
        int before = store.Files[0].Reads;
        using RunBlockSource source = new(run, partition, pool.Task, CancellationToken.None, 8);
        while (source.TryTake(out Block block))
        {
            block.Release();
        }

        return store.Files[0].Reads - before;
    }
}
