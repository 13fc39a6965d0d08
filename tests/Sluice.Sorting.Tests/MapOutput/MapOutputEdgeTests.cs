namespace Sluice.Sorting.Tests;

/// <summary>The places where rings go wrong, one by one.</summary>
public class MapOutputEdgeTests
{
    private const int SegmentSize = 64;

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_last_key_byte_at_a_segments_end(int beyond)
    {
        AssertComesBack(14, Filled(2, 21, 9), Filled(0, SegmentSize - 30 + beyond, 0), Filled(0, 3, 7));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_last_value_byte_at_a_segments_end(int beyond)
    {
        AssertComesBack(14, Filled(2, 21, 9), Filled(0, 10, SegmentSize - 40 + beyond), Filled(0, 3, 7));
    }

    // The slots of a level wrap when as many segments have passed as the ring has slots; with records that fill
    // segments exactly, every wrap falls on a record's end.
    [Theory]
    [InlineData(SegmentSize, 0)]
    [InlineData(0, SegmentSize)]
    [InlineData(SegmentSize / 2, SegmentSize / 2)]
    [InlineData(SegmentSize - 1, 1)]
    [InlineData(SegmentSize, SegmentSize)]
    [InlineData(SegmentSize - 1, SegmentSize)]
    public void The_last_byte_at_the_rings_end(int keyLength, int valueLength)
    {
        AssertComesBack(12, [.. Enumerable.Range(0, 200).Select(i => Filled((byte)(i % 7), keyLength, valueLength))]);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.999)]
    [InlineData(1.0)]
    public void Any_threshold_works(double threshold)
    {
        List<TestRecord> records = TestRecords.Random(31, 600, partitions: 3, longest: 50);

        AssertComesBack(TestOutput.Options(3, 16, SegmentSize, threshold), records);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_threshold_out_of_range_is_refused(double threshold)
    {
        using TestPool pool = new(20, SegmentSize);

        Assert.Throws<ArgumentOutOfRangeException>(
            () => new MapOutputBuffer(pool.Task, new MemoryStore(), TestOutput.Options(1, 16, SegmentSize, threshold)));
    }

    [Fact]
    public void One_record_passes_the_threshold()
    {
        List<TestRecord> records = [.. Enumerable.Range(0, 20).Select(i => Filled((byte)(20 - i), 30, 250))];

        MapOutputCounters counters = AssertComesBack(TestOutput.Options(1, 24, SegmentSize, 0.1), records);

        Assert.True(counters.Spills >= 10, $"{counters.Spills} spills.");
    }

    [Theory]
    [InlineData(5000, 0)]
    [InlineData(0, 5000)]
    [InlineData(2500, 2500)]
    [InlineData(1, 100_000)]
    [InlineData(100_000, 1)]
    public void Records_and_keys_larger_than_the_ring(int keyLength, int valueLength)
    {
        AssertComesBack(
            14,
            Filled(3, 10, 10),
            Filled(2, keyLength, valueLength),
            Filled(1, 10, 10),
            Filled(2, keyLength, valueLength + 1),
            Filled(0, keyLength, valueLength));
    }

    [Fact]
    public void Keys_that_differ_only_behind_a_segments_end()
    {
        Random random = new(5);
        AssertComesBack(
            40,
            [.. Enumerable.Range(0, 60).Select(
                i => new TestRecord(0, [.. new byte[150], (byte)random.Next(9)], [(byte)i]))]);
    }

    [Fact]
    public void Empty_keys_and_empty_values()
    {
        List<TestRecord> records = [.. Enumerable.Range(0, 400).Select(i => (i % 4) switch
        {
            0 => new TestRecord(i % 3, [], []),
            1 => new TestRecord(i % 3, [], [(byte)i]),
            2 => new TestRecord(i % 3, [(byte)i], []),
            _ => new TestRecord(i % 3, [0], [(byte)i]),
        })];

        AssertComesBack(TestOutput.Options(3, 12, SegmentSize), records);
    }

    [Fact]
    public void Only_empty_records()
    {
        List<TestRecord> records = [.. Enumerable.Repeat(new TestRecord(1, [], []), 500)];

        MapOutputCounters counters = AssertComesBack(TestOutput.Options(2, 12, SegmentSize), records);

        Assert.True(counters.Spills > 1, "The entries alone fill the ring.");
    }

    [Fact]
    public void Nothing_at_all()
    {
        using TestPool pool = new(20, SegmentSize);
        using MapOutputBuffer buffer = new(pool.Task, new MemoryStore(), TestOutput.Options(3, 12, SegmentSize));

        Assert.Empty(buffer.Finish().Runs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(8)]
    public void All_records_in_one_partition_and_none_in_the_others(int partition)
    {
        List<TestRecord> records =
            [.. TestRecords.Random(partition, 500, 1, 30).Select(record => record with { Partition = partition })];

        AssertComesBack(TestOutput.Options(9, 14, SegmentSize), records);
    }

    [Fact]
    public void Ten_thousand_partitions()
    {
        Random random = new(10_000);
        List<TestRecord> records = [.. Enumerable.Range(0, 8000).Select(i => Filled((byte)i, 5, 5) with
        {
            Partition = random.Next(10) == 0 ? 9999 : random.Next(10_000),
        })];

        AssertComesBack(TestOutput.Options(10_000, 600, 1024), records);
    }

    [Fact]
    public void Collect_after_finish_and_after_dispose_throws()
    {
        using TestPool pool = new(20, SegmentSize);
        MapOutputBuffer buffer = new(pool.Task, new MemoryStore(), TestOutput.Options(1, 12, SegmentSize));

        Assert.Empty(buffer.Finish().Runs);
        Assert.Throws<ObjectDisposedException>(() => buffer.Collect(0, [], []));
        Assert.Throws<ObjectDisposedException>(() => Begin(buffer));
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => buffer.Collect(0, [], []));
        Assert.Throws<ObjectDisposedException>(() => Begin(buffer));
        Assert.Throws<ObjectDisposedException>(buffer.Finish);
    }

    [Theory]
    [InlineData(12, 64, 0.8)]
    [InlineData(13, 64, 1.0)]
    [InlineData(16, 64, 1e-6)]
    [InlineData(16, 256, 0.3)]
    [InlineData(50, 128, 0.8)]
    public void Any_workload_comes_out_as_a_plain_sort_has_it(int segments, int segmentSize, double threshold)
    {
        int seed = segments * segmentSize;
        foreach (int partitions in (int[])[1, 2, 37])
        {
            foreach (int longest in (int[])[0, 1, 30, 200, 2000])
            {
                List<TestRecord> records = TestRecords.Random(seed++, longest > 200 ? 80 : 300, partitions, longest);

                AssertComesBack(TestOutput.Options(partitions, segments, segmentSize, threshold), records);
            }
        }
    }

    // 1-byte records cost 49 bytes, 100-byte records 148, 1 MiB records little more than themselves: each kind fills
    // the ring but for the segments its levels have begun, those a spill may still hold, and gaps before keys.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(10, 90)]
    [InlineData(10, 1_048_566)]
    public void Records_of_any_size_fill_the_ring(int keyLength, int valueLength)
    {
        const int Segments = 256;
        const int Size = 32 * 1024;
        const long Budget = (long)Segments * Size;
        using TestPool pool = new(Segments + 1, Size);
        using MapOutputBuffer buffer = new(
            pool.Task, new MemoryStore(), TestOutput.Options(8, Segments, Size, threshold: 1));
        byte[] key = new byte[keyLength];
        byte[] value = new byte[valueLength];
        long cost = keyLength + valueLength + RecordRing.BytesPerRecord;
        long fits = 0;

        for (; pool.Lent < Segments + 1 && buffer.SpilledBytes == 0; fits++)
        {
            buffer.Collect((int)(fits % 8), key, value);
        }

        Assert.InRange(fits * cost, Budget - (6 * Size) - cost - (fits * keyLength * keyLength / Size), Budget + cost);
    }

    // A hundredth of 10 M records of 100 bytes in 100 MiB, which would be 18 spills at the default threshold.
    [Fact]
    public void Hundred_byte_records_cost_at_most_148_bytes()
    {
        const int Segments = 256;
        const int Size = 4 * 1024;
        const int Count = 100_000;
        using TestPool pool = new(Segments + 20, Size);
        List<TestRecord> records = [.. Enumerable.Range(0, Count).Select(i => Filled((byte)(i * 31), 10, 90) with
        {
            Partition = i % 8,
        })];

        MapOutputCounters counters = AssertComesBack(TestOutput.Options(8, Segments, Size), records);

        // 0.8 of the ring a spill; a segment a level is shared with the fill before.
        double leastSpills = Count * 148.0 / (0.8 * Segments * Size);
        Assert.InRange(counters.Spills, Math.Floor(leastSpills) - 1, Math.Ceiling(leastSpills * 1.08));
    }

    private static MapOutputCounters AssertComesBack(int segments, params TestRecord[] records) =>
        AssertComesBack(TestOutput.Options(records.Max(r => r.Partition) + 1, segments, SegmentSize), records);

    private static MapOutputCounters AssertComesBack(MapOutputOptions options, IReadOnlyList<TestRecord> records)
    {
        using TestPool pool = new(options.MaximumSegments + 20, options.SegmentSize);
        MemoryStore store = new();
        MapOutput output;
        using (MapOutputBuffer buffer = new(pool.Task, store, options))
        {
            foreach (TestRecord record in records)
            {
                buffer.Collect(record.Partition, record.Key, record.Value);
            }

            output = buffer.Finish();
        }

        List<TestRecord> read = TestOutput.Read(pool, store, output);
        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(records.Sum(r => (long)r.Key.Length + r.Value.Length), output.Counters.Bytes);
        return output.Counters;
    }

    private static TestRecord Filled(byte first, int keyLength, int valueLength)
    {
        byte[] key = [.. Enumerable.Range(first, keyLength).Select(i => (byte)i)];
        byte[] value = [.. Enumerable.Range(first + keyLength, valueLength).Select(i => (byte)i)];
        return new TestRecord(0, key, value);
    }

    private static void Begin(MapOutputBuffer buffer)
    {
        RecordWriter writer = buffer.BeginKey();
        buffer.EndKey(ref writer);
    }
}
