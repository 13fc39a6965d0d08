namespace Sluice.Sorting.Tests;

/// <summary>What the collector does while a spill cannot go on.</summary>
public class CollectWhileSpillingTests
{
    private const int SegmentSize = 256;
    private const int Segments = 40;

    [Fact]
    public void A_collector_that_would_wait_sorts_the_next_fill()
    {
        using TestPool pool = new(Segments + 20, SegmentSize);
        MemoryStore store = new();
        using SortSignal sorted = new();
        List<TestRecord> records = TestRecords.Random(1, 2000, partitions: 3, longest: 30);
        MapOutput output;
        using (MapOutputBuffer buffer = new(pool.Task, new HeldStore(store, sorted), Options(sorted)))
        {
            Collect(buffer, records);
            Assert.True(sorted.IsSet, "No fill was sorted by the collector.");
            output = buffer.Finish();
        }

        List<TestRecord> read = TestOutput.Read(pool, store, output, sorted);
        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void Finish_sorts_the_last_fill_before_it_waits_for_the_spiller()
    {
        using TestPool pool = new(Segments + 20, SegmentSize);
        MemoryStore store = new();
        using SortSignal sorted = new();
        List<TestRecord> records = TestRecords.Random(2, 100, partitions: 3, longest: 30);
        HeldStore held = new(store, sorted);
        MapOutput output;
        using (MapOutputBuffer buffer = new(pool.Task, held, Options(sorted)))
        {
            Collect(buffer, records);
            Assert.False(sorted.IsSet, "There is room for all records: the collector need not wait.");
            output = buffer.Finish();
        }

        Assert.False(sorted.IsLate, "The last fill was not sorted beside the spill.");
        Assert.Equal(2, output.Runs.Count);
        List<TestRecord> read = TestOutput.Read(pool, store, output, sorted);
        Assert.Equal(TestRecords.Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
    }

    [Fact]
    public void A_spill_that_fails_while_the_next_fill_is_sorted_surfaces_and_leaves_nothing()
    {
        using TestPool pool = new(Segments + 20, SegmentSize);
        MemoryStore store = new();
        using SortSignal sorted = new();
        HeldStore held = new(store, sorted) { Failure = new IOException("The device is gone.") };
        using MapOutputBuffer buffer = new(pool.Task, held, Options(sorted));

        IOException thrown = Assert.Throws<IOException>(
            () => Collect(buffer, TestRecords.Random(3, 2000, partitions: 3, longest: 30)));

        Assert.Same(held.Failure, thrown);
        Assert.True(sorted.IsSet, "The spill failed before the next fill was sorted.");
        Assert.Equal(0, store.CreatedFiles);
    }

    [Fact]
    public void A_comparison_that_fails_in_the_collectors_sort_surfaces_and_leaves_nothing()
    {
        using TestPool pool = new(Segments + 20, SegmentSize);
        MemoryStore store = new();
        using SortSignal sorted = new() { Failure = new InvalidOperationException("These do not compare.") };
        using (MapOutputBuffer buffer = new(pool.Task, new HeldStore(store, sorted), Options(sorted)))
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
                () => Collect(buffer, TestRecords.Random(4, 2000, partitions: 3, longest: 30)));

            Assert.Same(sorted.Failure, thrown);
        }

        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void A_collector_that_goes_on_after_a_failed_sort_loses_no_fill_silently()
    {
        using TestPool pool = new(Segments + 20, SegmentSize);
        MemoryStore store = new();
        using SortSignal sorted = new() { Failure = new InvalidOperationException("These do not compare.") };
        using (MapOutputBuffer buffer = new(pool.Task, new HeldStore(store, sorted), Options(sorted)))
        {
            Exception? caught = null;
            foreach (TestRecord record in TestRecords.Random(5, 2000, partitions: 3, longest: 30))
            {
                caught ??= Record.Exception(() => buffer.Collect(record.Partition, record.Key, record.Value));
            }

            Assert.Same(sorted.Failure, caught);
            Assert.Same(sorted.Failure, Assert.Throws<InvalidOperationException>(() => buffer.Finish()));
        }

        Assert.Equal(0, store.LiveFiles);
    }

    [Fact]
    public void A_large_record_that_could_not_be_written_fails_the_output_also_when_its_error_was_caught()
    {
        using TestPool pool = new(24, 64);
        MemoryStore store = new();
        using MapOutputBuffer buffer = new(
            pool.Task, new DiskFullStore(store, before: 0, refused: 1), TestOutput.Options(1, 12, 64));

        IOException caught = Assert.Throws<IOException>(() => buffer.Collect(0, "a"u8, new byte[2000]));
        Exception? later = Record.Exception(() =>
        {
            buffer.Collect(0, "b"u8, "small"u8);
            buffer.Finish();
        });

        Assert.Same(caught, later);
    }

    // At a half, what is collected while one fill is spilled is a fill as large.
    private static MapOutputOptions Options(KeyComparison comparison) =>
        TestOutput.Options(3, Segments, SegmentSize, threshold: 0.5) with { KeyComparison = comparison };

    private static void Collect(MapOutputBuffer buffer, List<TestRecord> records) =>
        records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));

    /// <summary>Compares bytes, and tells when the thread that made it does so: then it sorts.</summary>
    private sealed class SortSignal : KeyComparison, IDisposable
    {
        private readonly int _collector = Environment.CurrentManagedThreadId;
        private readonly ManualResetEventSlim _set = new();

        public Exception? Failure { get; init; }

        public bool IsSet => _set.IsSet;

        /// <summary>Whether somebody waited for it in vain.</summary>
        public bool IsLate { get; private set; }

        public override int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
        {
            if (Environment.CurrentManagedThreadId == _collector && !IsSet)
            {
                _set.Set();
                if (Failure is not null)
                {
                    throw Failure;
                }
            }

            return left.SequenceCompareTo(right);
        }

        /// <summary>Waits for that, but only once in vain.</summary>
        public void Wait() => IsLate = IsLate || !_set.Wait(TimeSpan.FromSeconds(10));

        public void Dispose() => _set.Dispose();
    }

    /// <summary>A disk that makes no file until the collector sorts.</summary>
    private sealed class HeldStore(ISpillStore inner, SortSignal sorted) : ISpillStore
    {
        public Exception? Failure { get; init; }

        public IStoredFile Create(string hint)
        {
            sorted.Wait();
            return Failure is null ? inner.Create(hint) : throw Failure;
        }
    }
}
