namespace Sluice.Sorting.Tests;

public class MapOutputBufferTests
{
    [Theory]
    [Seeded(1, 12, 64, 0.8, 200, 20)]
    [Seeded(2, 13, 64, 0.3, 300, 90)]
    [Seeded(3, 16, 128, 1.0, 500, 40)]
    [Seeded(4, 20, 256, 0.01, 700, 150)]
    [Seeded(5, 40, 64, 0.5, 2000, 30)]
    [Seeded(6, 200, 1024, 0.8, 5000, 60)]
    [Seeded(7, 400, 4096, 0.8, 3000, 5000)]
    public void Finish_gives_the_records_in_stable_order(
        int seed, int segments, int segmentSize, double threshold, int count, int longest)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        MemoryStore store = new();
        List<TestRecord> records = TestRecords.Random(seed, count, partitions: 5, longest);

        List<TestRecord> read =
            TestOutput.Pass(pool, store, records, TestOutput.Options(5, segments, segmentSize, threshold));

        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void Output_that_never_spilled_stays_in_memory()
    {
        using TestPool pool = new(40, 1024);
        MemoryStore store = new();
        List<TestRecord> records = TestRecords.Random(11, 50, partitions: 3, longest: 20);

        List<TestRecord> read = TestOutput.Pass(pool, store, records, TestOutput.Options(5, 20, 1024));

        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(0, store.CreatedFiles);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(2000)]
    public void Runs_stay_in_memory_as_far_as_they_may(int keep)
    {
        using TestPool pool = new(2100, 256);
        MemoryStore store = new();
        List<TestRecord> records = TestRecords.Random(12, 3000, partitions: 5, longest: 60);
        MapOutput output;
        using (MapOutputBuffer buffer = new(
            pool.Task, store, TestOutput.Options(5, 60, 256) with { KeepSegments = keep }))
        {
            records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
            output = buffer.Finish();
        }

        int kept = output.Runs.OfType<MemoryRun>().Sum(run => run.SegmentCount);
        Assert.InRange(kept, keep >= 60 ? 1 : 0, keep);
        Assert.Equal(kept, pool.Lent);
        Assert.Equal(output.Runs.OfType<SpillFile>().Count(), output.Counters.Spills);
        Assert.Equal(keep < 2000, output.Counters.Spills > 0);
        List<TestRecord> read = TestOutput.Read(pool, store, output);
        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void A_record_larger_than_the_ring_becomes_a_run_of_its_own()
    {
        using TestPool pool = new(40, 64);
        MemoryStore store = new();
        byte[] large = new byte[10_000];
        new Random(1).NextBytes(large);
        List<TestRecord> records =
        [
            new(1, [5], [1]),
            new(1, large, [2]),
            new(0, [1], large),
            new(1, [.. large, 1], [3]),
            new(1, large, []),
        ];

        List<TestRecord> read = TestOutput.Pass(pool, store, records, TestOutput.Options(5, 14, 64));

        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
    }

    [Fact]
    public void Collect_refuses_a_partition_that_is_not_there_and_writes_nothing()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(
            pool.Task,
            new MemoryStore(),
            new MapOutputOptions { Partitions = 2, MaximumSegments = 12, SegmentSize = 64 });

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Collect(2, [1], [2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Collect(-1, [1], [2]));

        Assert.Equal(0, buffer.RecordCount);
        Assert.Empty(buffer.Finish().Runs);
    }

    [Fact]
    public void Collect_refuses_a_record_beyond_the_limit_with_both_numbers()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(
            pool.Task,
            new MemoryStore(),
            new MapOutputOptions { Partitions = 1, MaximumSegments = 12, SegmentSize = 64, LargestRecord = 1000 });

        RecordTooLargeException thrown =
            Assert.Throws<RecordTooLargeException>(() => buffer.Collect(0, new byte[900], new byte[101]));

        Assert.Equal((1001, 1000), (thrown.Length, thrown.Limit));
    }

    [Fact]
    public void A_spill_that_fails_surfaces_at_a_later_collect_with_its_cause()
    {
        using TestPool pool = new(20, 64);
        using MapOutputBuffer buffer = new(
            pool.Task,
            new DiskFullStore(),
            new MapOutputOptions { Partitions = 1, MaximumSegments = 12, SegmentSize = 64 });

        IOException thrown = Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                buffer.Collect(0, [(byte)i], new byte[20]);
            }
        });

        Assert.Equal(DiskFullStore.Message, thrown.Message);
    }

    [Fact]
    public void Dispose_without_finish_gives_all_memory_and_files_back()
    {
        using TestPool pool = new(20, 64);
        MemoryStore store = new();
        using (MapOutputBuffer buffer = new(
            pool.Task, store, new MapOutputOptions { Partitions = 1, MaximumSegments = 12, SegmentSize = 64 }))
        {
            for (int i = 0; i < 100; i++)
            {
                buffer.Collect(0, [(byte)i], new byte[20]);
            }
        }

        Assert.Equal(0, pool.Lent);
        Assert.NotEqual(0, store.CreatedFiles);
        Assert.Equal(0, store.LiveFiles);
    }

    [Theory]
    [Seeded(1, 14, 64, 0.5)]
    [Seeded(2, 60, 256, 0.8)]
    [Seeded(3, 400, 1024, 0.8)]
    public void A_combiner_folds_each_key_of_a_run_and_keeps_the_total(
        int seed, int segments, int segmentSize, double threshold)
    {
        using TestPool pool = new(segments + 60, segmentSize);
        MemoryStore store = new();
        Random random = new(seed);
        List<TestRecord> records = [.. Enumerable.Range(0, 3000).Select(_ =>
        {
            byte[] key = new byte[random.Next(15)];
            Array.Fill(key, (byte)random.Next(3));
            return new TestRecord(key.Length % 4, key, BitConverter.GetBytes((long)random.Next(100)));
        })];

        List<TestRecord> read = TestOutput.Pass(
            pool,
            store,
            records,
            TestOutput.Options(4, segments, segmentSize, threshold) with { Combiner = new SumCombiner() });

        Assert.True(read.Count < records.Count, $"{read.Count} records are left of {records.Count}.");
        Assert.Equal(Totals(records), Totals(read));
    }

    [Theory]
    [Seeded(1, 20, 64)]
    [Seeded(2, 24, 128)]
    public void A_combiner_reads_values_that_cross_segments_where_they_lie(int seed, int segments, int segmentSize)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        List<TestRecord> records =
            [.. TestRecords.Random(seed, 600, partitions: 3, longest: segmentSize).DistinctBy(r => r.Text)];
        ViewCombiner combiner = new();

        List<TestRecord> read = TestOutput.Pass(
            pool,
            new MemoryStore(),
            records,
            TestOutput.Options(3, segments, segmentSize) with { Combiner = combiner });

        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.True(combiner.InPieces > 20, $"{combiner.InPieces} values lay in pieces.");
    }

    private static SortedDictionary<string, long> Totals(IEnumerable<TestRecord> records)
    {
        SortedDictionary<string, long> totals = new(StringComparer.Ordinal);
        foreach (TestRecord record in records)
        {
            string key = $"{record.Partition}:{Convert.ToHexString(record.Key)}";
            totals[key] = totals.GetValueOrDefault(key) + BitConverter.ToInt64(record.Value);
        }

        return totals;
    }

    /// <summary>Writes all records as they are, and sees to it that both ways to read a value agree.</summary>
    private sealed class ViewCombiner : Combiner
    {
        public int InPieces { get; private set; }

        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            while (group.MoveNext())
            {
                RecordView view = group.ValueView;
                byte[] copy = new byte[view.Length];
                view.CopyTo(copy);
                Assert.Equal(group.Value, copy);
                InPieces += view.IsWhole ? 0 : 1;
                output.Append(group.Key, view);
            }
        }
    }

    private sealed class SumCombiner : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            long total = 0;
            while (group.MoveNext())
            {
                total += BitConverter.ToInt64(group.Value);
            }

            output.Append(group.Key, BitConverter.GetBytes(total));
        }
    }

    private sealed class DiskFullStore : ISpillStore
    {
        public const string Message = "No space left on device";

        public IStoredFile Create(string hint) => throw new IOException(Message);
    }
}
