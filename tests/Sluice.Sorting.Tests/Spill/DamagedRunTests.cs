namespace Sluice.Sorting.Tests;

public class DamagedRunTests
{
    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("header")]
    [InlineData("index")]
    [InlineData("empty")]
    public void A_damaged_block_is_named_and_never_read(string damage)
    {
        using TestPool pool = new(40, 256);
        MemoryStore store = new();
        MapOutput output = Spill(pool, store);
        MemoryStore.StoredFile file = store.Files[0];
        switch (damage)
        {
            case "flip":
                file.Bytes[file.Bytes.Length / 2] ^= 4;
                break;
            case "truncate":
                file.Bytes = file.Bytes[..(file.Bytes.Length / 2)];
                break;
            case "index":
                file.Bytes[^(SpillIndex.TrailerSize + 1)] ^= 1;
                break;
            case "empty":
                file.Bytes = [];
                break;
            default:
                file.Bytes.AsSpan(0, 16).Fill(0xFF);
                break;
        }

        BlockCorruptException thrown =
            Assert.Throws<BlockCorruptException>(() => Read(pool, store, output.Runs[0]));

        Assert.Contains(file.Path, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("expected", thrown.Message, StringComparison.Ordinal);
        output.Runs[0].Dispose();
    }

    [Fact]
    public void Two_whole_blocks_in_each_others_place_are_found()
    {
        using TestPool pool = new(40, 256);
        MemoryStore store = new();
        MapOutput output = Spill(pool, store);
        MemoryStore.StoredFile file = store.Files[0];
        List<Range> blocks = BlocksOf(file.Bytes, output.Runs[0].RangeOf(0).Blocks);
        (int first, int second) = SameLength(blocks);
        byte[] kept = file.Bytes[blocks[first]];
        file.Bytes.AsSpan(blocks[second]).CopyTo(file.Bytes.AsSpan(blocks[first]));
        kept.CopyTo(file.Bytes.AsSpan(blocks[second]));

        BlockCorruptException thrown =
            Assert.Throws<BlockCorruptException>(() => Read(pool, store, output.Runs[0]));

        Assert.Equal(first, thrown.Sequence);
        Assert.Contains($"expected block {first}, found block {second}", thrown.Message, StringComparison.Ordinal);
        output.Runs[0].Dispose();
    }

    [Fact]
    public void A_run_in_memory_reads_the_same_after_it_moved_to_a_file()
    {
        using TestPool pool = new(60, 256);
        MemoryStore store = new();
        using MapOutputBuffer buffer = new(
            pool.Task, store, new MapOutputOptions { Partitions = 1, MaximumSegments = 30, SegmentSize = 256 });
        List<TestRecord> records = TestRecords.Random(5, 60, 1, 20);
        records.ForEach(record => buffer.Collect(0, record.Key, record.Value));
        MapOutput output = buffer.Finish();
        buffer.Dispose();
        MemoryRun run = Assert.IsType<MemoryRun>(Assert.Single(output.Runs));
        int held = pool.Lent;
        List<string> before = Read(pool, store, run);

        int freed = run.MoveToFile(store);

        Assert.Equal(held, freed);
        Assert.Equal(0, pool.Lent);
        Assert.Equal(0, run.MoveToFile(store));
        Assert.Equal(before, Read(pool, store, run));
        Assert.Equal(60, before.Count);
        run.Dispose();
        Assert.Equal(0, store.LiveFiles);
    }

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 0, 1, 2, 3 })]
    public void What_was_discarded_in_memory_does_not_move_to_the_file(int[] discarded)
    {
        using TestPool pool = new(60, 256);
        MemoryStore store = new();
        MapOutput output = InMemory(pool, store, partitions: 4);
        MemoryRun run = Assert.IsType<MemoryRun>(Assert.Single(output.Runs));
        List<string>[] before = [.. Enumerable.Range(0, 4).Select(partition => Read(pool, store, run, partition))];
        Assert.All(before, Assert.NotEmpty);
        Array.ForEach(discarded, run.Discard);

        run.MoveToFile(store);

        Assert.All(Enumerable.Range(0, 4).Except(discarded), partition =>
            Assert.Equal(before[partition], Read(pool, store, run, partition)));
        MemoryStore.StoredFile stored = Assert.Single(store.Files);
        byte[] file = stored.Bytes;
        Assert.Equal((0, run.Length), (stored.Discarded, stored.End));
        Assert.All(discarded, partition =>
        {
            PartitionRange range = run.RangeOf(partition);
            Assert.All(
                Enumerable.Range((int)range.Offset, (int)range.Length),
                at => Assert.True(at >= file.Length || file[at] == 0, "A discarded block was written."));
        });
        run.Dispose();
        Assert.Equal((0, 0), (store.LiveFiles, pool.Lent));
    }

    private static MapOutput InMemory(TestPool pool, MemoryStore store, int partitions)
    {
        using MapOutputBuffer buffer = new(
            pool.Task,
            store,
            new MapOutputOptions { Partitions = partitions, MaximumSegments = 30, SegmentSize = 256 });
        TestRecords.Random(5, 60, partitions, 20)
            .ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
        return buffer.Finish();
    }

    private static MapOutput Spill(TestPool pool, MemoryStore store)
    {
        using MapOutputBuffer buffer = new(
            pool.Task, store, new MapOutputOptions { Partitions = 1, MaximumSegments = 12, SegmentSize = 256 });
        foreach (TestRecord record in TestRecords.Random(4, 30, 1, 200))
        {
            buffer.Collect(0, record.Key, record.Value);
        }

        return buffer.Finish();
    }

    private static List<Range> BlocksOf(byte[] file, int count)
    {
        List<Range> blocks = [];
        for (int start = 0; blocks.Count < count;)
        {
            Assert.True(BlockFormat.TryGetLength(file.AsSpan(start), out int length));
            blocks.Add(start..(start + length));
            start += length;
        }

        return blocks;
    }

    private static (int First, int Second) SameLength(List<Range> blocks) => (
        from first in Enumerable.Range(0, blocks.Count)
        from second in Enumerable.Range(0, blocks.Count)
        where first < second && LengthOf(blocks[first]) == LengthOf(blocks[second])
        select (first, second)).First();

    private static int LengthOf(Range range) => range.End.Value - range.Start.Value;

    private static List<string> Read(TestPool pool, MemoryStore store, SortedRun run, int partition = 0)
    {
        List<string> read = [];
        using RunMerger merger = new(
            [new RunBlockSource(run, partition, pool.Task, CancellationToken.None)], 2, pool.Task, store, null,
            CancellationToken.None);
        while (merger.MoveNext())
        {
            read.Add(Convert.ToHexString(merger.Record));
        }

        return read;
    }
}
