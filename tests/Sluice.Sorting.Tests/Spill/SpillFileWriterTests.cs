using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

public class SpillFileWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_record_is_read_back_from_its_partition_whatever_the_sizes(int segments)
    {
        const int SegmentSize = 16 * 1024;
        using TestPool pool = new(segments + 4, SegmentSize);
        MemoryStore store = new();
        NetworkBuffer[] buffers = [.. Enumerable.Range(0, segments).Select(_ => pool.Task.Request(CancellationToken.None))];
        int[] counts = [3000, 0, 1, 40, 3500, 1, 7, 2700, 60];
        RecordSum[] written = new RecordSum[counts.Length];
        SpillFileWriter writer = new(store, "run", buffers, new PartitionTable(written));
        List<TestRecord>[] records =
            [.. counts.Select((count, seed) => TestRecords.Sorted(TestRecords.Random(seed, count, 1, 200)).ToList())];
        for (int partition = 0; partition < counts.Length; partition++)
        {
            writer.MoveTo(partition);
            records[partition].ForEach(record => writer.Blocks.Append(record.Key, record.Value));
        }

        using SortedRun run = writer.Finish();
        writer.Dispose();
        Array.ForEach(buffers, buffer => buffer.Release());

        Assert.Equal(store.Files[0].Bytes.Length, writer.Length);
        for (int partition = 0; partition < counts.Length; partition++)
        {
            using RunMerger merger = new(
                [new RunBlockSource(run, partition, pool.Task, CancellationToken.None)],
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
        NetworkBuffer[] buffers = [pool.Task.Request(CancellationToken.None), pool.Task.Request(CancellationToken.None)];
        using SpillFileWriter writer = new(store, "run", buffers, new PartitionTable(new RecordSum[3]));
        writer.Blocks.Append([1], new byte[300_001]);
        writer.MoveTo(1);
        writer.Blocks.Append([1], new byte[11]);
        writer.MoveTo(2);
        writer.Blocks.Append([1], new byte[11]);
        using SortedRun run = writer.Finish();
        Array.ForEach(buffers, buffer => buffer.Release());

        Assert.Equal(0, run.RangeOf(1).Offset % StorageFile.PageSize);
        Assert.InRange(run.RangeOf(1).Offset - run.RangeOf(0).Length, 1, StorageFile.PageSize - 1);
        Assert.Equal(run.RangeOf(1).Offset + run.RangeOf(1).Length, run.RangeOf(2).Offset);
    }
}
