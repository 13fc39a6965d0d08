namespace Sluice.Sorting.Tests;

public class RunMergerTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(7, 2)]
    [InlineData(9, 3)]
    [InlineData(10, 3)]
    [InlineData(11, 4)]
    [InlineData(30, 4)]
    [InlineData(30, 64)]
    public void Merge_is_stable_over_any_number_of_passes(int runs, int fanIn)
    {
        using TestPool pool = new(200, 128);
        MemoryStore store = new();
        List<SortedRun> made = [];
        List<TestRecord> all = [];
        for (int i = 0; i < runs; i++)
        {
            List<TestRecord> records = TestRecords.Random(i, 40, 1, 60);
            records = [.. records.Select(record => record with { Value = [(byte)i, .. record.Value] })];
            all.AddRange(TestRecords.Sorted(records));
            made.Add(Run(pool, store, records));
        }

        List<TestRecord> merged = [];
        using (RunMerger merger = new(Sources(made, pool), fanIn, pool.Task, store, null, CancellationToken.None))
        {
            while (merger.MoveNext())
            {
                byte[] record = merger.Record.ToArray();
                merged.Add(new TestRecord(0, record[..merger.KeyLength], record[merger.KeyLength..]));
            }

            Assert.Equal(all.Count, merger.SourceSums().Sum(sum => sum.Count));
            Assert.Equal(runs > fanIn, merger.PassCount > 0);
        }

        Assert.Equal(TestRecords.Sorted(all).Select(r => r.Text), merged.Select(r => r.Text));
        made.ForEach(run => run.Dispose());
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void The_first_pass_is_sized_so_that_later_ones_are_full()
    {
        // 10 runs at fan-in 4: merging 4 leaves 7, merging 4 leaves 4. Ten passes less than full would rewrite more.
        using TestPool pool = new(200, 128);
        MemoryStore store = new();
        List<SortedRun> made =
            [.. Enumerable.Range(0, 10).Select(i => Run(pool, store, TestRecords.Random(i, 5, 1, 20)))];

        using (RunMerger merger = new(Sources(made, pool), 4, pool.Task, store, null, CancellationToken.None))
        {
            Assert.Equal(2, merger.PassCount);
        }

        made.ForEach(run => run.Dispose());
    }

    [Fact]
    public void Empty_runs_need_no_pass()
    {
        using TestPool pool = new(200, 128);
        MemoryStore store = new();
        List<SortedRun> made =
            [.. Enumerable.Range(0, 30)
                .Select(i => Run(pool, store, TestRecords.Random(i, i % 10 == 4 ? 5 : 0, 1, 20)))];

        using (RunMerger merger = new(Sources(made, pool), 3, pool.Task, store, null, CancellationToken.None))
        {
            Assert.Equal(0, merger.PassCount);
            int records = 0;
            while (merger.MoveNext())
            {
                records++;
            }

            Assert.Equal(15, records);
            Assert.Equal(made.Select((_, i) => i % 10 == 4 ? 5L : 0), merger.SourceSums().Select(sum => sum.Count));
        }

        made.ForEach(run => run.Dispose());
    }

    [Fact]
    public void Small_runs_are_merged_before_large_ones()
    {
        // Fan-in 3: the three small runs become one; no large run is written again.
        using TestPool pool = new(200, 128);
        MemoryStore store = new();
        int[] counts = [300, 4, 4, 4, 300];
        List<SortedRun> made = [.. counts.Select((count, i) => Run(pool, store, TestRecords.Random(i, count, 1, 20)))];

        using (RunMerger merger = new(Sources(made, pool), 3, pool.Task, store, null, CancellationToken.None))
        {
            Assert.Equal(1, merger.PassCount);
            Assert.InRange(merger.RewrittenBytes, 1, made[0].Length);
        }

        made.ForEach(run => run.Dispose());
    }

    [Fact]
    public void Dispose_in_the_middle_gives_every_block_back()
    {
        using TestPool pool = new(200, 128);
        MemoryStore store = new();
        List<SortedRun> made =
            [.. Enumerable.Range(0, 5).Select(i => Run(pool, store, TestRecords.Random(i, 50, 1, 300)))];

        using (RunMerger merger = new(Sources(made, pool), 3, pool.Task, store, null, CancellationToken.None))
        {
            Assert.True(merger.MoveNext());
        }

        made.ForEach(run => run.Dispose());
        Assert.Equal(0, pool.Lent);
        Assert.Equal(0, store.LiveFiles);
    }

    private static IBlockSource[] Sources(List<SortedRun> runs, TestPool pool) =>
        [.. runs.Select(run => new RunBlockSource(run, 0, pool.Task, CancellationToken.None))];

    private static SortedRun Run(TestPool pool, MemoryStore store, List<TestRecord> records)
    {
        using WriteMemory memory = new(pool.Task, 1, null, CancellationToken.None);
        using SpillFileWriter writer = new(store, "run", memory, new PartitionTable(new RecordSum[1]));
        foreach (TestRecord record in TestRecords.Sorted(records))
        {
            writer.Blocks.Append(record.Key, record.Value);
        }

        return writer.Finish();
    }
}
