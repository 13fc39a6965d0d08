using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

public class CreditPaceTests
{
    private const int Most = 8;

    [Fact]
    public void A_channel_begins_with_the_most()
    {
        Assert.Equal(Most, new CreditPace(Most, TimeSpan.FromSeconds(1)).Next());
    }

    [Theory]
    [InlineData(100, Most)]
    [InlineData(8, Most)]
    [InlineData(2.9, 3)]
    [InlineData(2.5, 3)]
    [InlineData(0.1, 1)]
    public void A_channel_gets_what_is_used_in_the_time(double blocksPerSecond, int credits)
    {
        CreditPace pace = new(Most, TimeSpan.FromSeconds(1));

        pace.Used(10, TimeSpan.FromSeconds(10 / blocksPerSecond));

        Assert.Equal(credits, pace.Next());
    }

    [Fact]
    public void More_is_given_at_once_and_less_by_and_by()
    {
        CreditPace pace = new(Most, TimeSpan.FromSeconds(1));
        pace.Used(6, TimeSpan.FromSeconds(1));

        pace.Used(2, TimeSpan.FromSeconds(1));
        int afterOneSlow = pace.Next();
        pace.Used(2, TimeSpan.FromSeconds(1));
        int afterTwo = pace.Next();
        pace.Used(7, TimeSpan.FromSeconds(1));

        Assert.Equal((4, 3, 7), (afterOneSlow, afterTwo, pace.Next()));
    }

    [Fact]
    public void The_first_fetches_have_few_and_each_next_twice_as_many()
    {
        CreditPace pace = new(Most, TimeSpan.Zero, 2);

        Assert.Equal([2, 4, 8, 8, 8], Enumerable.Range(0, 5).Select(_ => pace.Next()));
    }

    [Fact]
    public void It_can_be_off()
    {
        CreditPace pace = new(Most, TimeSpan.Zero);

        pace.Used(1, TimeSpan.FromHours(1));

        Assert.Equal(Most, pace.Next());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    public void A_slow_consumer_of_another_silo_asks_for_less(int milliseconds, int expected)
    {
        // In a millisecond not even one block is used: what is asked for falls to one credit. Zero is off.
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(12, 900, ExchangeFixture.Partitions, 60), 200);
        NotingTransport transport = new(exchange.Transport);
        using InputGate gate = new(
            [producer],
            1..2,
            exchange.Pool.Task,
            transport,
            new InputGateOptions(2, 8) { CreditTime = TimeSpan.FromMilliseconds(milliseconds) },
            CancellationToken.None);

        while (gate.Channels[0].TryTake(out Block block))
        {
            block.Release();
            Thread.Sleep(5);
        }

        Assert.True(transport.Credits.Count > 6, $"{transport.Credits.Count} fetches");
        Assert.Equal(2, transport.Credits[0]);
        Assert.Equal(expected, transport.Credits[5]);
    }

    [Fact]
    public void A_channel_that_waits_begins_with_few_blocks_and_doubles()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(12, 900, ExchangeFixture.Partitions, 60), 200);
        NotingTransport transport = new(exchange.Transport);
        using InputGate gate = new(
            [producer], 1..2, exchange.Pool.Task, transport, new InputGateOptions(2, 32), CancellationToken.None);

        gate.Channels[0].Prepare();
        while (gate.Channels[0].TryTake(out Block block))
        {
            block.Release();
        }

        Assert.Equal([2, 4, 8, 16], transport.Credits[..4]);
    }

    /// <summary>Answers as another silo does, and notes what it was asked for.</summary>
    private sealed class NotingTransport(IExchangeTransport inner) : IExchangeTransport
    {
        public List<int> Credits { get; } = [];

        public WaitKind? WaitOf(ChannelId channel, string where) => WaitKind.Fetch;

        public ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            Credits.Add(request.Credits.Count);
            return inner.FetchAsync(request, cancellationToken);
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);
    }
}
