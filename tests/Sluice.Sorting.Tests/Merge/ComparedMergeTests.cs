using System.Text;

namespace Sluice.Sorting.Tests;

/// <summary>Merges of runs whose order a comparison decides, and bytes know nothing of.</summary>
public class ComparedMergeTests
{
    private const int Partitions = 3;

    // From the last letter to the first, whatever its case: the end of a long key decides.
    private static readonly Comparison<string> Order =
        (left, right) => string.CompareOrdinal(Turned(left), Turned(right));

    // The last letter, as it is compared; nothing where there is none.
    private static readonly Func<string, ulong> Prefix =
        text => text.Length == 0 ? 0UL : char.ToUpperInvariant(text[^1]);

    [Theory]
    [Seeded(1, 4, 128, 9, 1, false)]
    [Seeded(2, 9, 128, 9, 1, true)]
    [Seeded(3, 5, 128, 60, 3, false)]
    [Seeded(4, 2, 8192, 20, 2, true)]
    public void Runs_become_one_file_in_the_order_of_the_comparison(
        int seed, int runCount, int segmentSize, int segments, int threads, bool withPrefix)
    {
        using TestPool pool = new(segments, segmentSize);
        MemoryStore store = new();
        KeyComparison comparison = Comparison(withPrefix);
        List<TestRecord> all = [];
        RecordSum[] sums = new RecordSum[Partitions];
        SortedRun[] runs = Runs(pool, store, seed, runCount, 40, all, sums);

        MergedOutput merged = Merger(pool, store, segments, segmentSize, threads, comparison, null).Merge(runs, sums);

        Assert.Equal(Texts(Sorted(all)), Read(pool, Assert.Single(merged.Runs)));
        Assert.Equal(sums, merged.Sums);
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void Keys_that_the_comparison_takes_for_equal_become_one_when_runs_become_one_file()
    {
        using TestPool pool = new(60, 128);
        MemoryStore store = new();
        List<TestRecord> all = [];
        RecordSum[] sums = new RecordSum[Partitions];
        SortedRun[] runs = Runs(pool, store, 5, 6, 80, all, sums);

        MergedOutput merged =
            Merger(pool, store, 60, 128, 1, Comparison(true), new FirstRecordCombiner()).Merge(runs, sums);

        List<string> read = Read(pool, Assert.Single(merged.Runs));
        Assert.Equal(Texts(FirstOfEach(all)), read);
        Assert.Equal(new CombineCount(all.Count, read.Count), merged.Counters.Combined);
    }

    [Theory]
    [Seeded(6, 128, false)]
    [Seeded(7, 128, true)]
    [Seeded(8, 8192, false)]
    public void A_pass_into_memory_keeps_the_order_of_the_comparison(int seed, int segmentSize, bool withPrefix)
    {
        // Seven runs at fan-in three: two passes make five of them, then three.
        using TestPool pool = new(3000, segmentSize);
        MemoryStore store = new();
        List<TestRecord> all = [];
        SortedRun[] runs = Runs(pool, store, seed, 7, 40, all, new RecordSum[Partitions]);

        (List<string> read, _) = MergeFirst(pool, store, runs, Comparison(withPrefix), null);

        Assert.Equal(Texts(Sorted(all.Where(record => record.Partition == 0))), read);
        Array.ForEach(runs, run => run.Dispose());
    }

    [Fact]
    public void Keys_that_the_comparison_takes_for_equal_become_one_in_a_pass_into_memory()
    {
        using TestPool pool = new(3000, 128);
        MemoryStore store = new();
        List<TestRecord> all = [];
        SortedRun[] runs = Runs(pool, store, 9, 7, 80, all, new RecordSum[Partitions]);
        MergeGroupReader groups = new(Comparison(true));

        (List<string> read, CombineCount combined) =
            MergeFirst(pool, store, runs, Comparison(true), new FirstRecordCombiner(), groups.Read);

        Assert.Equal(Texts(FirstOfEach(all.Where(record => record.Partition == 0))), read);
        Assert.InRange(combined.Out, 1, combined.In / 2);
        Array.ForEach(runs, run => run.Dispose());
    }

    private static KeyComparison Comparison(bool withPrefix) =>
        KeyOrders.Compared(Order, prefix: withPrefix ? Prefix : null).Comparison!;

    private static OutputMerger Merger(
        TestPool pool,
        MemoryStore store,
        int segments,
        int segmentSize,
        int threads,
        KeyComparison comparison,
        Combiner? combiner) => new(
            pool.Task,
            store,
            new OutputMergerOptions
            {
                Segments = segments,
                SegmentSize = segmentSize,
                Threads = threads,
                SmallestPartition = 0,
                Comparison = comparison,
                Combiner = combiner,
            },
            CancellationToken.None);

    // Merges the first partition of all runs, and sees that passes were made and none of them wrote a file.
    private static (List<string> Read, CombineCount Combined) MergeFirst(
        TestPool pool,
        MemoryStore store,
        SortedRun[] runs,
        KeyComparison comparison,
        Combiner? combiner,
        Func<RunMerger, List<string>>? reading = null)
    {
        using RunMerger merger = new(
            [.. runs.Select(run => new RunBlockSource(run, 0, pool.Task, CancellationToken.None))],
            fanIn: 3,
            pool.Task,
            store,
            combiner,
            CancellationToken.None,
            comparison: comparison,
            memorySegments: 2000);
        List<string> read = reading is null ? ReadAll(merger, 0) : reading(merger);
        Assert.Equal(2, merger.PassCount);
        Assert.Equal(0, merger.RewrittenBytes);
        return (read, merger.Combined);
    }

    private static List<string> ReadAll(RunMerger merger, int partition)
    {
        List<string> read = [];
        while (merger.MoveNext())
        {
            byte[] record = merger.Record.ToArray();
            read.Add(new TestRecord(partition, record[..merger.KeyLength], record[merger.KeyLength..]).Text);
        }

        return read;
    }

    private static List<string> Read(TestPool pool, SortedRun run)
    {
        (List<string> read, _) = TestRuns.Read(pool, run, Partitions);
        run.Dispose();
        return read;
    }

    private static SortedRun[] Runs(
        TestPool pool, MemoryStore store, int seed, int runs, int count, List<TestRecord> all, RecordSum[] sums) =>
        [.. Enumerable.Range(0, runs).Select(run =>
        {
            List<TestRecord> records = Random((seed * 100) + run, count, run);
            all.AddRange(records);
            return Write(pool, store, Sorted(records), sums);
        })];

    private static SortedRun Write(TestPool pool, MemoryStore store, IEnumerable<TestRecord> sorted, RecordSum[] sums)
    {
        using WriteMemory memory = new(pool.Task, 1, null, CancellationToken.None);
        using SpillFileWriter writer = new(store, "run", memory, new PartitionTable(sums));
        foreach (TestRecord record in sorted)
        {
            writer.MoveTo(record.Partition);
            writer.Blocks.Append(record.Key, record.Value);
        }

        return writer.Finish();
    }

    // Short keys with many ties, and a few of more than two pieces that only their ends tell apart.
    private static List<TestRecord> Random(int seed, int count, int run)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            string end = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "aAbBcC"[random.Next(6)]));
            string start = random.Next(12) == 0 ? new string('x', 8190 + random.Next(3)) : "";
            byte[] value = [(byte)run, (byte)i, .. new byte[random.Next(10) == 0 ? 500 : 4]];
            return new TestRecord(random.Next(Partitions), Encoding.UTF8.GetBytes(start + end), value);
        })];
    }

    private static string TextOf(TestRecord record) => Encoding.UTF8.GetString(record.Key);

    private static string Turned(string text) => string.Concat(text.ToUpperInvariant().Reverse());

    private static IEnumerable<TestRecord> Sorted(IEnumerable<TestRecord> records) =>
        records.OrderBy(record => record.Partition).ThenBy(TextOf, Comparer<string>.Create(Order));

    private static IEnumerable<TestRecord> FirstOfEach(IEnumerable<TestRecord> records) =>
        Sorted(records).DistinctBy(record => (record.Partition, TextOf(record).ToUpperInvariant()));

    private static IEnumerable<string> Texts(IEnumerable<TestRecord> records) => records.Select(record => record.Text);

    /// <summary>Reads the first record of each key, as the consumer of a shuffle does that drops duplicates.</summary>
    private sealed class MergeGroupReader(KeyComparison comparison)
    {
        public List<string> Read(RunMerger merger)
        {
            List<string> read = [];
            MergeGroup group = new(merger, comparison);
            while (group.NextGroup())
            {
                group.MoveNext();
                read.Add(new TestRecord(0, group.Key.ToArray(), group.Value.ToArray()).Text);
            }

            return read;
        }
    }
}
