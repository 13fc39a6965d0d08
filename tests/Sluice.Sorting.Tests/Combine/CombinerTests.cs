using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sluice.Sorting.Tests;

/// <summary>Combiners of every kind, at spills, in memory, at merges and at the reading end, against plain
/// addition.</summary>
public class CombinerTests
{
    private const int Partitions = 4;
    private const int SegmentSize = 256;

    /// <summary>Each kind over rings that spill often, at times, and never; and merges with narrow and wide
    /// fan-in.</summary>
    public static TheoryData<string, int, int, int> Cases { get; } = new(
        from kind in new[] { "one", "none for zero", "more", "other" }
        from seed in new[] { 1, 2, 3 }
        from ringSegments in new[] { 12, 40, 4000 }
        from fanIn in new[] { 2, 3, 7 }
        select (kind, seed, ringSegments, fanIn));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Folding_anywhere_any_number_of_times_gives_the_same_totals(
        string kind, int seed, int ringSegments, int fanIn)
    {
        using TestPool pool = new(4300, SegmentSize);
        MemoryStore store = new();
        Combiner combiner = Kind(kind);
        List<TestRecord> records = Numbers(seed, 3000);
        MapOutput output = Collect(pool, store, records, combiner, ringSegments);
        MergedOutput merged = Merge(pool, store, output, combiner, fanIn);

        SortedDictionary<string, long> totals = new(StringComparer.Ordinal);
        for (int partition = 0; partition < Partitions; partition++)
        {
            Read(pool, store, merged, partition, totals);
        }

        Assert.Equal(Totals(records), totals);
        merged.Runs[0].Dispose();
        Assert.Equal(0, store.LiveFiles);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(420)]
    public void A_combiner_that_writes_more_than_memory_holds_goes_to_a_file(int poolSegments)
    {
        using TestPool pool = new(poolSegments, SegmentSize);
        MemoryStore store = new();
        List<TestRecord> records =
            [.. Enumerable.Range(0, 900).Select(i => new TestRecord(0, BitConverter.GetBytes(i / 2), Text(i)))];

        MapOutput output = Collect(pool, store, records, new LongCombiner(), 400);

        SortedRun run = Assert.Single(output.Runs);
        Assert.IsType<SpillFile>(run);
        (List<string> read, RecordSum[] sums) = TestRuns.Read(pool, run, Partitions);
        Assert.Equal(450, read.Count);
        Assert.Equal(output.Sums, sums);
        run.Dispose();
    }

    // What was sorted for memory is not sorted again for the file: prefixes are not what they were.
    [Fact]
    public void What_went_to_a_file_after_all_is_in_order()
    {
        using TestPool pool = new(600, SegmentSize);
        MemoryStore store = new();
        List<TestRecord> records = [.. Enumerable.Range(0, 900).Select(i =>
            new TestRecord(
                0, Encoding.ASCII.GetBytes($"a prefix of all keys, {(char)('z' - (i / 2 % 20))}{i / 2:D6}"),
                Text(i)))];

        MapOutput output = Collect(pool, store, records, new LongCombiner(), 400);

        using SortedRun run = Assert.Single(output.Runs);
        Assert.IsType<SpillFile>(run);
        using RunMerger merger = new(
            [new RunBlockSource(run, 0, pool.Task, CancellationToken.None)], 2, pool.Task, store, null,
            CancellationToken.None);
        string before = "";
        int read = 0;
        while (merger.MoveNext())
        {
            string key = Encoding.ASCII.GetString(merger.Record[..merger.KeyLength]);
            Assert.True(string.CompareOrdinal(before, key) <= 0, $"{key} comes behind {before}.");
            before = key;
            read++;
        }

        Assert.Equal(450, read);
    }

    [Fact]
    public void A_combiner_that_writes_more_keeps_no_more_than_it_may()
    {
        using TestPool pool = new(2000, SegmentSize);
        MemoryStore store = new();
        using MapOutputBuffer buffer = new(pool.Task, store, new MapOutputOptions
        {
            Partitions = 1,
            MaximumSegments = 60,
            KeepSegments = 100,
            SegmentSize = SegmentSize,
            Combiner = new LongCombiner(),
        });
        for (int i = 0; i < 2000; i++)
        {
            buffer.Collect(0, BitConverter.GetBytes(i / 2), Text(i));
        }

        MapOutput output = buffer.Finish();

        Assert.InRange(output.Runs.OfType<MemoryRun>().Sum(run => run.SegmentCount), 0, 100);
        Assert.NotEmpty(output.Runs.OfType<SpillFile>());
        Array.ForEach([.. output.Runs], run => run.Dispose());
    }

    [Fact]
    public void At_the_spill_a_key_with_one_record_is_not_combined()
    {
        using TestPool pool = new(2000, SegmentSize);
        MemoryStore store = new();
        int[] numbers = [3, 7, 7, 8, 9, 9, 9, 11];

        MapOutput output = Collect(
            pool,
            store,
            [.. numbers.Select(i => new TestRecord(i % 2, BitConverter.GetBytes(i), Text(i)))],
            new LongCombiner(),
            400);

        (List<string> read, _) = TestRuns.Read(pool, Assert.Single(output.Runs), Partitions);
        output.Runs[0].Dispose();
        Assert.Equal(
            [(8, false), (3, false), (7, true), (9, true), (11, false)],
            read.Select(record =>
                (int.Parse(record[2..4], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                record.Length > 600)));
    }

    [Fact]
    public void A_combiner_that_writes_somewhat_more_than_reserved_stays_in_memory()
    {
        using TestPool pool = new(2000, SegmentSize);
        MemoryStore store = new();
        List<TestRecord> records =
            [.. Enumerable.Range(0, 900).Select(i => new TestRecord(0, BitConverter.GetBytes(i / 2), Text(i)))];

        MapOutput output = Collect(pool, store, records, new LongCombiner(), 400);

        SortedRun run = Assert.Single(output.Runs);
        Assert.IsType<MemoryRun>(run);
        (List<string> read, RecordSum[] sums) = TestRuns.Read(pool, run, Partitions);
        Assert.Equal(450, read.Count);
        Assert.Equal(output.Sums, sums);
        run.Dispose();
    }

    [Theory]
    [InlineData(12)]
    [InlineData(400)]
    public void A_combiner_that_changes_the_key_is_named(int ringSegments)
    {
        using TestPool pool = new(1000, SegmentSize);
        MemoryStore store = new();

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => Collect(pool, store, Numbers(1, 3000), new OtherKeyCombiner(), ringSegments));

        Assert.Contains(
            "OtherKeyCombiner wrote a record under another key: expected", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void A_merge_combines_from_three_runs_on_and_counts_it()
    {
        using TestPool pool = new(60, SegmentSize);
        MemoryStore store = new();
        List<TestRecord> records = [.. Enumerable.Range(0, 50).Select(i => new TestRecord(0, [(byte)i], Text(1)))];
        foreach (int runCount in new[] { 3, 4, 5 })
        {
            // Fan-in 3: the first pass takes 2 of 4 runs, and 3 of 5.
            SortedRun[] runs =
                [.. Enumerable.Range(0, runCount).Select(_ => TestRuns.Write(pool, store, records, new RecordSum[1]))];

            using (RunMerger merger = new(
                [.. runs.Select(run => new RunBlockSource(run, 0, pool.Task, CancellationToken.None))],
                3,
                pool.Task,
                store,
                new SumCombiner(),
                CancellationToken.None))
            {
                Assert.Equal(runCount == 5 ? new CombineCount(150, 50) : default, merger.Combined);
            }

            Array.ForEach(runs, run => run.Dispose());
        }
    }

    private static Combiner Kind(string kind) => kind switch
    {
        "one" => new SumCombiner(),
        "none for zero" => new NonZeroCombiner(),
        "more" => new SplitCombiner(),
        _ => new WideCombiner(),
    };

    // Few keys, long and short, whose numbers often add up to zero.
    private static List<TestRecord> Numbers(int seed, int count)
    {
        Random random = new(seed);
        byte[][] keys = [.. Enumerable.Range(0, 40).Select(i => i == 0 ? [] : new byte[i % 9 == 0 ? 300 + i : i % 7])];
        Array.ForEach(keys, random.NextBytes);
        return [.. Enumerable.Range(0, count).Select(_ => new TestRecord(
            random.Next(Partitions - 1), keys[random.Next(keys.Length)], Text(random.Next(-1, 2))))];
    }

    private static byte[] Text(long number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static long Number(ReadOnlySpan<byte> text) =>
        long.Parse(text, CultureInfo.InvariantCulture);

    private static SortedDictionary<string, long> Totals(IEnumerable<TestRecord> records)
    {
        SortedDictionary<string, long> totals = new(StringComparer.Ordinal);
        foreach (TestRecord record in records)
        {
            Add(totals, record.Partition, record.Key, Number(record.Value));
        }

        return totals;
    }

    // A key whose total is zero may be there or not.
    private static void Add(SortedDictionary<string, long> totals, int partition, ReadOnlySpan<byte> key, long number)
    {
        string name = $"{partition}:{Convert.ToHexString(key)}";
        long total = totals.GetValueOrDefault(name) + number;
        totals[name] = total;
        if (total == 0)
        {
            totals.Remove(name);
        }
    }

    private static MapOutput Collect(
        TestPool pool, MemoryStore store, List<TestRecord> records, Combiner combiner, int ringSegments)
    {
        using MapOutputBuffer buffer = new(pool.Task, store, new MapOutputOptions
        {
            Partitions = Partitions,
            MaximumSegments = ringSegments,
            SegmentSize = SegmentSize,
            Combiner = combiner,
        });
        records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
        return buffer.Finish();
    }

    private static MergedOutput Merge(
        TestPool pool, MemoryStore store, MapOutput output, Combiner combiner, int fanIn) =>
        new OutputMerger(
            pool.Task,
            store,
            new OutputMergerOptions
            {
                Segments = (fanIn * RunMerger.SegmentsPerSource) + RunMerger.SegmentsPerPass,
                SegmentSize = SegmentSize,
                Combiner = combiner,
            },
            CancellationToken.None).Merge(output.Runs, output.Sums);

    private static void Read(
        TestPool pool, MemoryStore store, MergedOutput merged, int partition, SortedDictionary<string, long> totals)
    {
        using RunMerger merger = new(
            [.. merged.Runs.Select(run => new RunBlockSource(run, partition, pool.Task, CancellationToken.None))],
            2,
            pool.Task,
            store,
            null,
            CancellationToken.None);
        MergeGroup group = new(merger);
        byte[]? before = null;
        while (group.NextGroup())
        {
            Assert.True(before is null || before.AsSpan().SequenceCompareTo(group.Key) < 0, "A key came twice.");
            before = group.Key.ToArray();
            while (group.MoveNext())
            {
                Add(totals, partition, group.Key, Number(group.Value));
            }
        }

        Assert.Equal(
            merged.Sums[partition], merger.SourceSums().Aggregate(default(RecordSum), (sum, next) => sum + next));
    }

    /// <summary>Adds numbers written as text.</summary>
    private class SumCombiner : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            long total = 0;
            while (group.MoveNext())
            {
                total += Number(group.Value);
            }

            Write(group.Key, total, output);
        }

        protected virtual void Write(ReadOnlySpan<byte> key, long total, IRecordOutput output) =>
            output.Append(key, Text(total));
    }

    /// <summary>Writes nothing for zero.</summary>
    private sealed class NonZeroCombiner : SumCombiner
    {
        protected override void Write(ReadOnlySpan<byte> key, long total, IRecordOutput output)
        {
            if (total != 0)
            {
                base.Write(key, total, output);
            }
        }
    }

    /// <summary>Writes four numbers for one.</summary>
    private sealed class SplitCombiner : SumCombiner
    {
        protected override void Write(ReadOnlySpan<byte> key, long total, IRecordOutput output)
        {
            base.Write(key, 1000 + total, output);
            base.Write(key, -999, output);
            base.Write(key, 0, output);
            base.Write(key, -1, output);
        }
    }

    /// <summary>Writes the number with many zeros in front, or few.</summary>
    private sealed class WideCombiner : SumCombiner
    {
        protected override void Write(ReadOnlySpan<byte> key, long total, IRecordOutput output) => output.Append(
            key,
            Encoding.ASCII.GetBytes(
                total.ToString($"D{1 + Math.Abs(total * 37 % 400)}", CultureInfo.InvariantCulture)));
    }

    /// <summary>Writes much more than it reads.</summary>
    private sealed class LongCombiner : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            group.MoveNext();
            output.Append(group.Key, new byte[600]);
        }
    }

    /// <summary>Breaks the rule that a group's key stays.</summary>
    private sealed class OtherKeyCombiner : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            byte[] key = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(key, group.Key.Length);
            output.Append(key, []);
        }
    }
}
