using System.Text;

namespace Sluice.Sorting.Tests;

public class ComparedOrderTests
{
    // Longest first, then by letters whatever their case: bytes know neither.
    private static readonly Comparison<string> Order = (left, right) => left.Length != right.Length
        ? right.Length.CompareTo(left.Length)
        : string.Compare(left, right, StringComparison.OrdinalIgnoreCase);

    private static readonly Func<string, ulong> ByLength = text => ulong.MaxValue - (ulong)text.Length;

    [Theory]
    [Seeded(1, 12, 64, 20, false)]
    [Seeded(2, 14, 64, 20, true)]
    [Seeded(3, 20, 128, 300, false)]
    [Seeded(4, 20, 64, 2000, true)]
    [Seeded(5, 300, 256, 60, false)]
    [Seeded(6, 300, 256, 60, true)]
    public void Ring_and_merge_follow_the_comparison_and_keep_ties_in_order(
        int seed, int segments, int segmentSize, int longest, bool withPrefix)
    {
        using TestPool pool = new(segments + 20, segmentSize);
        KeyOrder<string> order = KeyOrders.Compared(Order, prefix: withPrefix ? ByLength : null);
        List<TestRecord> records = Texts(seed, 600, longest);

        List<TestRecord> read = TestOutput.Pass(
            pool,
            new MemoryStore(),
            records,
            TestOutput.Options(3, segments, segmentSize) with { KeyComparison = order.Comparison });

        Assert.Equal(Sorted(records).Select(r => r.Text), read.Select(r => r.Text));
    }

    [Fact]
    public void A_combiner_gets_keys_that_the_comparison_takes_for_equal_as_one_group()
    {
        using TestPool pool = new(420, 256);
        List<TestRecord> records = [.. Texts(7, 800, 2).DistinctBy(record => Convert.ToHexString(record.Value))];

        List<TestRecord> read = TestOutput.Pass(
            pool,
            new MemoryStore(),
            records,
            TestOutput.Options(3, 400, 256) with
            {
                KeyComparison = KeyOrders.Compared(Order).Comparison,
                Combiner = new FirstRecordCombiner(),
            });

        Assert.Equal(
            Sorted(records).DistinctBy(r => (r.Partition, TextOf(r).ToUpperInvariant())).Select(r => r.Text),
            read.Select(r => r.Text));
        Assert.True(read.Count < records.Count / 2, $"{read.Count} of {records.Count}.");
    }

    [Fact]
    public void Descending_turns_comparison_and_prefix_around()
    {
        using TestPool pool = new(40, 64);
        KeyOrder<string> order = KeyOrders.Descending(KeyOrders.Compared(Order, prefix: ByLength));
        List<TestRecord> records = Texts(8, 300, 12);

        List<TestRecord> read = TestOutput.Pass(
            pool, new MemoryStore(), records, TestOutput.Options(3, 14, 64) with { KeyComparison = order.Comparison });

        Assert.Equal(
            records.OrderBy(r => r.Partition)
                .ThenByDescending(TextOf, Comparer<string>.Create(Order))
                .Select(r => r.Text),
            read.Select(r => r.Text));
    }

    [Fact]
    public void Keys_may_be_spans_that_nobody_allocates()
    {
        KeyOrder<ReadOnlySpan<byte>> order =
            KeyOrders.Compared<ReadOnlySpan<byte>>((left, right) => left.Length.CompareTo(right.Length));

        Assert.True(order.Comparison!.Compare([9], [1, 1]) < 0);
        Assert.Equal(0, order.Comparison.Compare([9], [1]));
    }

    [Fact]
    public void An_order_by_comparison_cannot_be_part_of_another()
    {
        KeyOrder<string> compared = KeyOrders.Compared(StringComparer.OrdinalIgnoreCase);
        KeyOrder<int> numbers = KeyOrders.Natural<int>();

        Assert.Throws<ArgumentException>(() => KeyOrders.Tuple(compared, numbers));
        Assert.Throws<ArgumentException>(() => KeyOrders.Tuple(numbers, compared));
        Assert.Throws<ArgumentException>(() => KeyOrders.NullsFirst(compared));
        Assert.Throws<ArgumentException>(() => KeyOrders.NullsLast(compared));
    }

    [Fact]
    public void A_type_without_a_serializer_is_named()
    {
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(
            () => KeyOrders.Compared<Uri>((left, right) => 0));

        Assert.Contains("Uri", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparer_that_throws_while_spilling_surfaces_at_a_later_collect()
    {
        using TestPool pool = new(20, 64);
        KeyOrder<string> order = KeyOrders.Compared<string>((left, right) => throw new FormatException("no order"));
        using MapOutputBuffer buffer = new(
            pool.Task,
            new MemoryStore(),
            TestOutput.Options(1, 12, 64) with { KeyComparison = order.Comparison });

        FormatException thrown = Assert.Throws<FormatException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                buffer.Collect(0, "key"u8, new byte[20]);
            }
        });

        Assert.Equal("no order", thrown.Message);
    }

    private static string TextOf(TestRecord record) => Encoding.UTF8.GetString(record.Key);

    private static IEnumerable<TestRecord> Sorted(IEnumerable<TestRecord> records) =>
        records.OrderBy(record => record.Partition).ThenBy(TextOf, Comparer<string>.Create(Order));

    private static List<TestRecord> Texts(int seed, int count, int longest)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int length = random.Next(longest + 1);
            string text = string.Concat(Enumerable.Range(0, length).Select(_ => "aAbB"[random.Next(4)]));
            return new TestRecord(random.Next(3), Encoding.UTF8.GetBytes(text), BitConverter.GetBytes(i));
        })];
    }
}
