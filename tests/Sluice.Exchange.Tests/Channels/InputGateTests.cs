using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

public class InputGateTests
{
    [Theory]
    [Seeded(1, 14, 5)]
    [Seeded(2, 14, 9)]
    [Seeded(3, 100, 60)]
    [Seeded(4, 30, 20)]
    public void A_gate_gives_all_records_of_its_subpartition_in_order(int seed, int ringSegments, int gateSegments)
    {
        using ExchangeFixture exchange = new();
        List<List<TestRecord>> made =
            [.. Enumerable.Range(0, 4)
                .Select(i => TestRecords.Random((seed * 10) + i, 150, ExchangeFixture.Partitions, 60))];
        List<ProducerOutput> producers =
            [.. made.Select((records, task) => exchange.Produce(task, records, ringSegments))];

        for (int partition = 0; partition < ExchangeFixture.Partitions; partition++)
        {
            List<TestRecord> read = exchange.ReadAll(producers, partition, gateSegments);

            IEnumerable<TestRecord> expected =
                TestRecords.Sorted(made.SelectMany(records => TestRecords.Sorted(records))
                .Where(record => record.Partition == partition));
            Assert.Equal(expected.Select(record => record.Text), read.Select(record => record.Text));
        }
    }

    [Fact]
    public void An_output_in_memory_that_others_need_is_served_from_a_file()
    {
        using ExchangeFixture exchange = new();
        List<TestRecord> records = TestRecords.Random(5, 100, ExchangeFixture.Partitions, 40);
        ProducerOutput producer = exchange.Produce(0, records, ringSegments: 120);
        ResultPartition output = exchange.Outputs.Find(producer.Id)!;
        int held = output.Reclaimable;
        Assert.True(held > 0, "The output is not in memory.");

        Assert.Equal(held, output.Reclaim(1, CancellationToken.None));

        Assert.Equal((0, 0), (output.Reclaimable, exchange.Pool.Lent));
        Assert.True(output.ReclaimedBytes > 0);
        int read = Enumerable.Range(0, ExchangeFixture.Partitions).Sum(
            partition => exchange.ReadAll([producer], partition, 9).Count);
        Assert.Equal(records.Count, read);
    }

    [Theory]
    [InlineData(5, 1, 2, 1)]
    [InlineData(5, 100, 2, 1)]
    [InlineData(9, 2, 2, 2)]
    [InlineData(41, 4, 4, 2)]
    [InlineData(41, 100, 20, 1)]
    public void Channels_and_credits_never_promise_more_than_there_is(
        int segments, int channels, int fanIn, int credits)
    {
        InputGateOptions options = InputGateOptions.For(segments, channels);

        Assert.Equal((fanIn, credits), (options.FanIn, options.CreditsPerFetch));
        Assert.True((options.FanIn * (options.CreditsPerFetch + 1)) + RunMerger.SegmentsPerPass <= segments);
    }

    [Theory]
    [InlineData(64, 100, false, 31, 0)]
    [InlineData(65, 100, false, 16, 32)]
    [InlineData(65, 32, false, 32, 0)]
    [InlineData(1001, 5000, false, 250, 500)]
    [InlineData(98, 33, true, 16, 48)]
    public void A_large_gate_with_too_many_channels_keeps_half_for_what_passes_make(
        int segments, int channels, bool compressed, int fanIn, int passSegments)
    {
        InputGateOptions options = InputGateOptions.For(segments, channels, compressed);

        Assert.Equal((fanIn, passSegments), (options.FanIn, options.PassSegments));
        int codec = compressed ? RunMerger.SegmentsPerCodec : 0;
        int merging = options.FanIn * (options.CreditsPerFetch + 1 + codec);
        Assert.True(merging + RunMerger.SegmentsPerPass + codec + options.PassSegments <= segments);
    }

    [Theory]
    [InlineData(8, 1, 2, 1)]
    [InlineData(8, 100, 2, 1)]
    [InlineData(12, 2, 2, 2)]
    [InlineData(42, 100, 13, 1)]
    public void Compressed_channels_have_a_segment_more_each(int segments, int channels, int fanIn, int credits)
    {
        InputGateOptions options = InputGateOptions.For(segments, channels, compressed: true);

        Assert.Equal((fanIn, credits), (options.FanIn, options.CreditsPerFetch));
        int perSource = options.CreditsPerFetch + 1 + RunMerger.SegmentsPerCodec;
        Assert.True((options.FanIn * perSource) + RunMerger.SegmentsPerPass + RunMerger.SegmentsPerCodec <= segments);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => InputGateOptions.For(InputGateOptions.MinimumCompressed - 1, channels, compressed: true));
    }

    [Fact]
    public void Fewer_segments_than_two_channels_need_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InputGateOptions.For(InputGateOptions.MinimumSegments - 1, 5));
}
