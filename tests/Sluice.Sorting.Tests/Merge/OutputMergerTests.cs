namespace Sluice.Sorting.Tests;

public class OutputMergerTests
{
    private const int SegmentSize = 128;

    [Theory]
    [InlineData(2, 1, 7, 1, false)]
    [InlineData(3, 5, 7, 1, false)]
    [InlineData(5, 9, 5, 1, false)]
    [InlineData(23, 9, 5, 1, false)]
    [InlineData(23, 40, 9, 1, false)]
    [InlineData(6, 9, 60, 4, false)]
    [InlineData(6, 9, 40, 2, false)]
    [InlineData(2, 3, 60, 8, false)]
    [InlineData(5, 9, 8, 1, true)]
    [InlineData(6, 9, 90, 4, true)]
    public void Runs_become_one_with_every_record_in_its_place(
        int runCount, int partitions, int segments, int threads, bool compressed)
    {
        using TestPool pool = new(segments, SegmentSize);
        MemoryStore store = new() { WaitsForDevice = segments > 8 };
        IBlockCodec? codec = compressed ? BlockCodecs.Brotli : null;
        RecordSum[] sums = new RecordSum[partitions];
        List<TestRecord> all = [];
        List<SortedRun> runs = [];
        for (int i = 0; i < runCount; i++)
        {
            // The last partition stays empty; values tell the runs apart, so that the order of ties shows.
            List<TestRecord> records = TestRecords.Random(i, 60, Math.Max(1, partitions - 1), 90);
            records =
                [.. records.Select(record => record with { Value = [(byte)i, .. record.Value, .. new byte[20]] })];
            all.AddRange(records);
            runs.Add(TestRuns.Write(pool, store, records, sums, codec));
        }

        OutputMergerOptions options = OnThreads(threads, segments) with { Codec = codec };
        OutputMerger merger = new(pool.Task, store, options, CancellationToken.None);
        MergedOutput merged = merger.Merge(runs, sums);

        using SortedRun run = Assert.Single(merged.Runs);
        (List<string> read, RecordSum[] found) = TestRuns.Read(pool, run, partitions);
        Assert.Equal(TestRecords.Sorted(all).Select(record => record.Text), read);
        Assert.Equal(sums, found);
        Assert.Equal(sums, merged.Sums);
        Assert.Equal(1, store.LiveFiles);
        Assert.True(merged.Counters is { Passes: > 0, RewrittenBytes: > 0, Combined: { In: 0, Out: 0 } });
    }

    // Each of them, once, and in the right order: a partition that is given back before it is merged would be zeros.
    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(3, 0, true)]
    [InlineData(3, 1 << 20, false)]
    public void What_is_merged_is_given_back_where_that_is_worth_a_call(int threads, long smallest, bool isGivenBack)
    {
        const int Partitions = 6;
        using TestPool pool = new(60, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[Partitions];
        SortedRun[] runs =
            [.. Enumerable.Range(0, 4)
                .Select(run => TestRuns.Write(pool, store, TestRecords.Random(run, 60, Partitions, 90), sums))];
        long[] lengths =
            [.. runs.Select(run => Enumerable.Range(0, Partitions).Sum(partition => run.RangeOf(partition).Length))];

        OutputMergerOptions options = OnThreads(threads, 60) with { SmallestGivenBack = smallest };
        MergedOutput merged = new OutputMerger(pool.Task, store, options, CancellationToken.None).Merge(runs, sums);

        using SortedRun run = Assert.Single(merged.Runs);
        Assert.Equal(sums, TestRuns.Read(pool, run, Partitions).Sums);
        Assert.Equal(
            lengths.Select(length => isGivenBack ? length : 0), store.Files.Take(4).Select(file => file.Discarded));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_run_or_none_is_not_written_again(int runCount)
    {
        using TestPool pool = new(9, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[3];
        SortedRun[] runs =
            [.. Enumerable.Range(0, runCount)
                .Select(_ => TestRuns.Write(pool, store, TestRecords.Random(1, 20, 3, 50), sums))];

        MergedOutput merged = Merger(pool, store, 9, null).Merge(runs, sums);

        Assert.Equal(runs, merged.Runs);
        Assert.Same(sums, merged.Sums);
        Assert.Equal(default, merged.Counters);
        Assert.Equal(runCount, store.CreatedFiles);
        Array.ForEach(runs, run => run.Dispose());
    }

    // What the ring had is what merging has: the last run must leave it, however much of what may be kept is used.
    [Fact]
    public void Runs_that_were_kept_are_merged_in_what_the_ring_gave_back()
    {
        const int Ring = 60;
        const int Keep = 200;
        const int Size = 1024;
        for (int count = 1000; count <= 6000; count += 150)
        {
            using TestPool pool = new(Ring + Keep + 1, Size);
            MemoryStore store = new();
            List<TestRecord> records = TestRecords.Random(count, count, partitions: 4, longest: 40);
            MapOutput output;
            using (MapOutputBuffer buffer = new(
                pool.Task, store, TestOutput.Options(4, Ring, Size) with { KeepSegments = Keep }))
            {
                records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
                output = buffer.Finish();
            }

            bool isLeft = output.Runs.Count == 1 || pool.Lent <= Keep;
            OutputMergerOptions options = new() { Segments = Ring, SegmentSize = Size };
            MergedOutput merged =
                new OutputMerger(pool.Task, store, options, CancellationToken.None).Merge(output.Runs, output.Sums);

            (List<string> read, RecordSum[] sums) = TestRuns.Read(pool, Assert.Single(merged.Runs), 4);
            merged.Runs[0].Dispose();
            Assert.True(isLeft, $"{count} records keep more than they may.");
            Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read);
            Assert.Equal(output.Sums, sums);
        }
    }

    [Fact]
    public void A_pass_merges_the_smallest_neighbours_first()
    {
        // Fan-in 2: a large run between small ones is written only once, in the last pass.
        using TestPool pool = new(5, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[1];
        int[] counts = [400, 3, 3, 3];
        SortedRun[] runs =
            [.. counts
                .Select((count, seed) => TestRuns.Write(pool, store, TestRecords.Random(seed, count, 1, 50), sums))];
        long large = runs[0].Length;

        MergedOutput merged = Merger(pool, store, 5, null).Merge(runs, sums);

        Assert.Equal(3, merged.Counters.Passes);
        Assert.InRange(merged.Counters.RewrittenBytes, large, 2 * large);
        merged.Runs[0].Dispose();
    }

    [Fact]
    public void Three_runs_or_more_are_combined()
    {
        using TestPool pool = new(20, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[2];
        TestRecord[] records =
            [.. Enumerable.Range(0, 60).Select(i => new TestRecord(i % 2, [(byte)(i / 6)], [(byte)i]))];
        SortedRun[] runs = [.. Enumerable.Range(0, 4).Select(_ => TestRuns.Write(pool, store, records, sums))];

        MergedOutput merged = Merger(pool, store, 20, new FirstRecordCombiner()).Merge(runs, sums);

        using SortedRun run = Assert.Single(merged.Runs);
        (List<string> read, RecordSum[] found) = TestRuns.Read(pool, run, 2);
        Assert.Equal(20, read.Count);
        Assert.Equal(found, merged.Sums);
        Assert.Equal(new CombineCount(240, 20), merged.Counters.Combined);
    }

    [Fact]
    public void Runs_in_another_order_than_that_of_bytes_keep_it()
    {
        using TestPool pool = new(20, SegmentSize);
        MemoryStore store = new();
        Backwards backwards = new();
        using MapOutputBuffer buffer = new(pool.Task, store, new MapOutputOptions
        {
            Partitions = 1,
            MaximumSegments = MapOutputOptions.MinimumSegments,
            SegmentSize = SegmentSize,
            KeyComparison = backwards,
        });
        for (int i = 0; i < 300; i++)
        {
            buffer.Collect(0, [(byte)(i * 7), (byte)i], new byte[i % 60]);
        }

        MapOutput output = buffer.Finish();
        buffer.Dispose();
        Assert.InRange(output.Runs.Count, 10, 300);

        MergedOutput merged = new OutputMerger(
            pool.Task,
            store,
            new OutputMergerOptions { Segments = 9, SegmentSize = SegmentSize, Comparison = backwards },
            CancellationToken.None).Merge(output.Runs, output.Sums);

        using SortedRun run = Assert.Single(merged.Runs);
        (List<string> read, RecordSum[] found) = TestRuns.Read(pool, run, 1);
        string[] keys = [.. read.Select(text => text.Split(':', '=')[1])];
        Assert.Equal(keys.OrderDescending(StringComparer.Ordinal), keys);
        Assert.Equal(output.Sums, found);
    }

    [Fact]
    public void Records_that_are_not_those_of_the_sums_are_found()
    {
        using TestPool pool = new(20, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[2];
        SortedRun[] runs =
            [.. Enumerable.Range(0, 3)
                .Select(i => TestRuns.Write(pool, store, TestRecords.Random(i, 20, 2, 50), sums))];
        sums[1].Add([1], [2]);

        IOException thrown =
            Assert.Throws<IOException>(() => Merger(pool, store, 20, null).Merge(runs, sums));

        Assert.Contains("partition 1: expected", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.LiveFiles);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_damaged_run_ends_all_threads_and_leaves_nothing(int threads)
    {
        using TestPool pool = new(60, SegmentSize);
        MemoryStore store = new();
        RecordSum[] sums = new RecordSum[6];
        SortedRun[] runs =
            [.. Enumerable.Range(0, 4)
                .Select(i => TestRuns.Write(pool, store, TestRecords.Random(i, 200, 6, 50), sums))];
        store.Files[2].Bytes[500] ^= 1;
        OutputMerger merger = new(pool.Task, store, OnThreads(threads, 60), CancellationToken.None);

        BlockCorruptException thrown = Assert.Throws<BlockCorruptException>(() => merger.Merge(runs, sums));

        Assert.Equal("run-2", thrown.Run);
        Assert.Equal(0, store.LiveFiles);
    }

    // Of one thread: a read that fails while the write behind it waits; of three: one that fails while others write.
    [Theory]
    [InlineData(1, 700)]
    [InlineData(3, 6000)]
    public async Task A_run_that_cannot_be_read_does_not_wait_for_room_on_a_full_disk(int threads, long unreadable)
    {
        using TestPool pool = new(60, SegmentSize);
        MemoryStore memory = new();
        DiskFullStore full = new(memory, before: 0, refused: int.MaxValue);
        WaitingStore store = new(full, new DiskWait(TimeSpan.FromMinutes(10)), CancellationToken.None);
        RecordSum[] sums = new RecordSum[6];
        SortedRun[] runs =
            [.. Enumerable.Range(0, 4).Select(i => TestRuns.Write(
                pool,
                i == 2 ? new UnreadableStore(memory, unreadable, () => full.Refused > 0) : memory,
                TestRecords.Random(i, 300, 6, 50),
                sums))];
        Assert.InRange(runs[2].Length, 2 * unreadable, 40 * unreadable);
        OutputMerger merger = new(pool.Task, store, OnThreads(threads, 60), CancellationToken.None);

        IOException thrown = await Assert.ThrowsAsync<IOException>(
            () => Task.Run(() => merger.Merge(runs, sums)).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal("unreadable", thrown.Message);
        Assert.Equal(0, memory.LiveFiles);
    }

    [Fact]
    public void A_stretch_of_the_file_is_never_shorter_than_what_is_written_to_it()
    {
        // Blocks of every size that leave as much unused as they can.
        foreach (int segmentSize in new[] { 64, 128, 4096, 32 * 1024 })
        {
            for (int partitions = 1; partitions < 12; partitions += 5)
            {
                using TestPool pool = new(3, segmentSize);
                MemoryStore store = new();
                long payload = 0;
                IEnumerable<TestRecord> records =
                    [.. Enumerable.Range(0, partitions * 3)
                        .Select(i => new TestRecord(i / 3, [], new byte[i * 91_131 % (30 * segmentSize)]))];
                using SortedRun run = TestRuns.Write(pool, store, records, new RecordSum[partitions]);
                for (int partition = 0; partition < partitions; partition++)
                {
                    PartitionRange range = run.RangeOf(partition);
                    payload += range.Length - (range.Blocks * BlockFormat.HeaderSize);
                }

                Assert.InRange(run.Length, payload, BlockBatch.LongestLength(payload, partitions, segmentSize));
            }
        }
    }

    /// <summary>Files that cannot be read from some place on, as soon as something has happened.</summary>
    private sealed class UnreadableStore(ISpillStore inner, long from, Func<bool> hasHappened) : ISpillStore
    {
        public IStoredFile Create(string hint) => new UnreadableFile(inner.Create(hint), from, hasHappened);

        private sealed class UnreadableFile(IStoredFile file, long from, Func<bool> hasHappened) : FaultyFile(file)
        {
            public override int Read(Span<byte> bytes, long offset)
            {
                if (offset < from || offset > Length - (Length / 10))
                {
                    return base.Read(bytes, offset);
                }

                Assert.True(SpinWait.SpinUntil(hasHappened, TimeSpan.FromSeconds(20)), "The disk was never full.");
                throw new IOException("unreadable");
            }
        }
    }

    private sealed class Backwards : KeyComparison
    {
        public override int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => right.SequenceCompareTo(left);
    }

    // Also where partitions are small.
    private static OutputMergerOptions OnThreads(int threads, int segments) => new()
    {
        Segments = segments,
        SegmentSize = SegmentSize,
        Threads = threads,
        SmallestPartition = 0,
    };

    private static OutputMerger Merger(TestPool pool, MemoryStore store, int segments, Combiner? combiner) => new(
        pool.Task,
        store,
        new OutputMergerOptions { Segments = segments, SegmentSize = SegmentSize, Threads = 1, Combiner = combiner },
        CancellationToken.None);
}
