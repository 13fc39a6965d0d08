namespace Sluice.Sorting.Tests;

/// <summary>What a spill allocates on the managed heap: a little, whatever it spills.</summary>
/// <remarks>Both threads count, the collector's and the spiller's; so nothing else may run beside these
/// tests.</remarks>
[Collection(nameof(SpillAllocationTests))]
[CollectionDefinition(nameof(SpillAllocationTests), DisableParallelization = true)]
public class SpillAllocationTests
{
    // A value that takes a segment of the small ring alone, and one of which many fit a segment of the large ring.
    private const int Long = 100;
    private const int Short = 10;
    private const long Limit = 16 * 1024;

    // The list of runs grows by doubling, and threads that wait for each other take a little now and then. A place for
    // each of 10 000 partitions, or a byte for each of the many records, would be far more.
    private const long Slack = 4096;

    [Theory]
    [InlineData(Long, 0.001, 1)]
    [InlineData(Long, 0.001, 10_000)]
    [InlineData(Short, 0.1, 1)]
    [InlineData(Short, 0.1, 10_000)]
    [InlineData(Short, 0.8, 1)]
    [InlineData(Short, 0.8, 10_000)]
    public void A_spill_allocates_the_same_for_any_number_of_records_and_partitions(
        int valueLength, double threshold, int partitions)
    {
        (long smallest, double one) = PerSpill(Long, 0.001, 1);
        (long allocated, double records) = PerSpill(valueLength, threshold, partitions);

        Assert.InRange(one, 0.5, 6);
        Assert.True(valueLength == Long || records > 4000, $"{records} records a spill are not many.");
        Assert.InRange(allocated, 0, Limit);
        Assert.InRange(allocated, smallest - Slack, smallest + Slack);
    }

    [Fact]
    public void A_spill_with_a_combiner_allocates_the_same_for_any_number_of_records()
    {
        (long few, _) = PerSpill(Short, 0.1, 10, new FirstRecordCombiner());
        (long many, _) = PerSpill(Short, 0.8, 10, new FirstRecordCombiner());

        Assert.InRange(few, 0, Limit);
        Assert.InRange(many, few - Slack, few + Slack);
    }

    [Fact]
    public void A_spill_that_is_written_behind_allocates_the_same_for_any_number_of_batches()
    {
        (long few, _) = PerSpill(Short, 0.1, 10, writeSegments: 64);
        (long many, _) = PerSpill(Short, 0.8, 10, writeSegments: 64);

        Assert.InRange(few, 0, Limit);
        Assert.InRange(many, few - Slack, few + Slack);
    }

    // What 64 spills more take.
    private static (long Bytes, double Records) PerSpill(
        int valueLength, double threshold, int partitions, Combiner? combiner = null, int writeSegments = 1)
    {
        // The first one is compiled.
        Task(4, valueLength, threshold, partitions, combiner, writeSegments);
        (long bytes, long records, int spills) few =
            Task(4, valueLength, threshold, partitions, combiner, writeSegments);
        (long bytes, long records, int spills) many =
            Task(68, valueLength, threshold, partitions, combiner, writeSegments);
        int spills = many.spills - few.spills;
        return ((many.bytes - few.bytes) / spills, (double)(many.records - few.records) / spills);
    }

    private static (long Bytes, long Records, int Spills) Task(
        int files, int valueLength, double threshold, int partitions, Combiner? combiner, int writeSegments)
    {
        (int segments, int segmentSize) = valueLength == Long ? (MapOutputOptions.MinimumSegments, 128) : (800, 4096);
        using TestPool pool = new(segments + 10 + writeSegments, segmentSize);
        CountingStore store = new();
        long start = GC.GetTotalAllocatedBytes(precise: true);
        using MapOutputBuffer buffer = new(pool.Task, store, new MapOutputOptions
        {
            Partitions = partitions,
            MaximumSegments = segments,
            SegmentSize = segmentSize,
            SpillThreshold = threshold,
            Combiner = combiner,
            WriteSegments = writeSegments,
        });
        Random random = new(1);
        byte[] key = new byte[10];
        byte[] value = new byte[valueLength];
        while (store.Files < files)
        {
            random.NextBytes(key);
            buffer.Collect(random.Next(partitions), key, value);
        }

        MapOutput output = buffer.Finish();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - start;
        foreach (SortedRun run in output.Runs)
        {
            run.Dispose();
        }

        long records = output.Counters.Records;
        return (allocated - (records * PerHash()), records, output.Counters.Spills);
    }

    // Code that is not optimized boxes a handle whenever it asks for the hash's constants; optimized code does not.
    private static long PerHash()
    {
        RecordSum sum = default;
        byte[] record = new byte[20];
        sum.Add(record, 1);
        long start = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            sum.Add(record, 1);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - start) / 1000;
    }

    /// <summary>Counts files and forgets what is written to them.</summary>
    private sealed class CountingStore : ISpillStore
    {
        private int _files;

        public int Files => Volatile.Read(ref _files);

        public IStoredFile Create(string hint)
        {
            Interlocked.Increment(ref _files);
            return new ForgottenFile();
        }

        private sealed class ForgottenFile : IStoredFile
        {
            public string Path => "forgotten";

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
            }

            public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
            {
            }

            public int Read(Span<byte> bytes, long offset) => 0;

            public void Discard(long offset, long length)
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
