using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

/// <summary>Hundreds of producers into one consumer, whose pool is its budget and not a segment more.</summary>
public sealed class ManyProducersTests : IDisposable
{
    private const int Producers = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);
    private readonly ExchangeFixture _exchange = new(segments: 4000);

    /// <summary>Where what the passes merged went.</summary>
    public enum Passes
    {
        None,
        Memory,
        Files,
    }

    public void Dispose() => _exchange.Dispose();

    [Theory]
    [InlineData(5, 5, 30, Passes.Files)]
    [InlineData(6, 40, 60, Passes.Files)]
    [InlineData(64, 5, 10, Passes.Files)]
    [InlineData(65, 5, 30, Passes.Files)]
    [InlineData(120, 5, 10, Passes.Memory)]
    [InlineData(250, 5, 30, Passes.Memory)]
    [InlineData(250, 60, 200, Passes.Files)]
    [InlineData(4000, 5, 30, Passes.None)]
    public void All_records_come_in_order_within_the_budget(int segments, int records, int longest, Passes expected)
    {
        List<List<TestRecord>> made =
            [.. Enumerable.Range(0, Producers)
                .Select(task => TestRecords.Random(task, records, ExchangeFixture.Partitions, longest))];
        List<ProducerOutput> producers =
            [.. made.Select((one, task) => _exchange.Produce(task, one, ringSegments: 12))];
        using TestPool pool = new(segments, ExchangeFixture.SegmentSize);
        using CancellationTokenSource deadline = new(Deadline);
        InputGateOptions options = InputGateOptions.For(segments, producers.Sum(producer => producer.Runs));
        using InputGate gate = new(producers, 0..1, pool.Task, _exchange.Transport, options, deadline.Token);
        using RunMerger merger = new(
            gate.Channels,
            options.FanIn,
            pool.Task,
            _exchange.Store,
            null,
            deadline.Token,
            null,
            memorySegments: options.PassSegments);

        List<string> read = [];
        while (merger.MoveNext())
        {
            byte[] record = merger.Record.ToArray();
            read.Add(new TestRecord(0, record[..merger.KeyLength], record[merger.KeyLength..]).Text);
        }

        // Ties go by producer and then by arrival, however many passes there were.
        IEnumerable<TestRecord> sorted = TestRecords.Sorted(
            made.SelectMany(one => TestRecords.Sorted(one)).Where(record => record.Partition == 0));
        Assert.Equal(sorted.Select(record => record.Text), read);
        Assert.Equal(read.Count, merger.SourceSums().Sum(sum => sum.Count));
        Passes found = (merger.PassCount, merger.RewrittenBytes) switch
        {
            (0, _) => Passes.None,
            (_, 0) => Passes.Memory,
            _ => Passes.Files,
        };
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(65)]
    [InlineData(100)]
    public void A_consumer_that_ends_early_gives_everything_back(int segments)
    {
        List<ProducerOutput> producers = [.. Enumerable.Range(0, Producers).Select(
            task => _exchange.Produce(
                task, TestRecords.Random(task, 20, ExchangeFixture.Partitions, 60), ringSegments: 12))];
        int files = _exchange.Store.LiveFiles;
        using TestPool pool = new(segments, ExchangeFixture.SegmentSize);
        using CancellationTokenSource deadline = new(Deadline);
        InputGateOptions options = InputGateOptions.For(
            segments, producers.Sum(producer => producer.Runs), compressed: true);
        using (InputGate gate = new(producers, 1..2, pool.Task, _exchange.Transport, options, deadline.Token))
        using (RunMerger merger = new(
            gate.Channels,
            options.FanIn,
            pool.Task,
            _exchange.Store,
            null,
            deadline.Token,
            BlockCodecs.Brotli,
            memorySegments: options.PassSegments))
        {
            Assert.True(merger.MoveNext());
        }

        Assert.Equal((0, files), (pool.Lent, _exchange.Store.LiveFiles));
    }
}
