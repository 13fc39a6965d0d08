using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

public class ReadAheadTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(90)]
    public void Records_from_another_silo_come_in_order_and_within_the_gates_segments(int gateSegments)
    {
        using ExchangeFixture exchange = new();
        List<TestRecord> records = TestRecords.Random(6, 600, ExchangeFixture.Partitions, 60);
        ProducerOutput[] producers =
        [
            exchange.Produce(0, [.. records.Take(300)], 14), exchange.Produce(1, [.. records.Skip(300)], 200),
        ];
        int before = exchange.Pool.Lent;
        RemoteTransport transport = new(exchange.Transport, () => exchange.Pool.Lent - before);

        List<TestRecord> read = exchange.ReadAll(producers, 1, gateSegments, transport);

        Assert.Equal(
            TestRecords.Sorted(records).Where(record => record.Partition == 1).Select(record => record.Text),
            read.Select(record => record.Text));
        Assert.InRange(transport.MostLent, 1, gateSegments);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(150)]
    public void Records_from_a_device_come_in_order(int gateSegments)
    {
        using ExchangeFixture exchange = new(onDevice: true);
        List<TestRecord> records = TestRecords.Random(6, 600, ExchangeFixture.Partitions, 60);
        ProducerOutput[] producers =
        [
            exchange.Produce(0, [.. records.Take(300)], 14), exchange.Produce(1, [.. records.Skip(300)], 30),
        ];
        int before = exchange.Pool.Lent;

        for (int partition = 0; partition < ExchangeFixture.Partitions; partition++)
        {
            Assert.Equal(
                TestRecords.Sorted(records).Where(record => record.Partition == partition).Select(
                    record => record.Text),
                exchange.ReadAll(producers, partition, gateSegments).Select(record => record.Text));
        }

        Assert.Equal(before, exchange.Pool.Lent);
    }

    [Fact]
    public void A_channel_on_a_device_that_is_cancelled_gives_its_credits_back()
    {
        using ExchangeFixture exchange = new(onDevice: true);
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(7, 1500, ExchangeFixture.Partitions, 60), 100);
        int before = exchange.Pool.Lent;
        using CancellationTokenSource cancellation = new();
        using (InputGate gate = new(
            [producer],
            1..2,
            exchange.Pool.Task,
            exchange.Transport,
            new InputGateOptions(producer.Runs, 8),
            cancellation.Token))
        {
            InputChannel channel = gate.Channels[0];
            channel.Prepare();
            cancellation.Cancel();

            Assert.Throws<TaskCanceledException>(() => ReadToEnd(channel));
        }

        Assert.Equal(before, exchange.Pool.Lent);
    }

    [Fact]
    public void The_next_blocks_are_asked_for_while_the_first_are_read()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(7, 600, ExchangeFixture.Partitions, 60), 200);
        RemoteTransport transport = new(exchange.Transport, () => 0);
        using InputGate gate = GateOf(exchange, producer, transport, 8);

        Assert.True(gate.Channels[0].TryTake(out Block block));
        block.Release();

        Assert.Equal(2, transport.Fetches);
    }

    [Fact]
    public void An_output_that_is_near_is_asked_for_a_little_at_a_time_and_not_ahead()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(8, 600, ExchangeFixture.Partitions, 60), 200);
        RemoteTransport transport = new(exchange.Transport, () => 0) { IsNear = true };
        using InputGate gate = GateOf(exchange, producer, transport, 8);

        Assert.True(gate.Channels[0].TryTake(out Block block));
        block.Release();

        Assert.Equal(1, transport.Fetches);
        Assert.Equal(2, transport.MostCredits);
    }

    [Fact]
    public void A_channel_that_is_closed_gives_back_what_is_under_way()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(9, 600, ExchangeFixture.Partitions, 60), 200);
        int before = exchange.Pool.Lent;
        RemoteTransport transport = new(exchange.Transport, () => 0) { HangsAfter = 1 };
        using (InputGate gate = GateOf(exchange, producer, transport, 8))
        {
            Assert.True(gate.Channels[0].TryTake(out Block block));
            block.Release();
            Assert.True(exchange.Pool.Lent > before);
        }

        Assert.Equal(before, exchange.Pool.Lent);
    }

    [Fact]
    public void A_fetch_ahead_that_fails_is_told_when_its_blocks_are_due()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(0, TestRecords.Random(10, 600, ExchangeFixture.Partitions, 60), 200);
        int before = exchange.Pool.Lent;
        RemoteTransport transport = new(exchange.Transport, () => 0) { FailsAfter = 1 };

        Assert.Throws<OutputLostException>(() => exchange.ReadAll([producer], 1, 30, transport));

        Assert.Equal(before, exchange.Pool.Lent);
    }

    private static void ReadToEnd(InputChannel channel)
    {
        while (channel.TryTake(out Block block))
        {
            block.Release();
        }
    }

    private static InputGate GateOf(
        ExchangeFixture exchange, ProducerOutput producer, IExchangeTransport transport, int credits) => new(
        [producer], 1..2, exchange.Pool.Task, transport, new InputGateOptions(2, credits), CancellationToken.None);

    /// <summary>Answers later, from another thread, as another silo does.</summary>
    private sealed class RemoteTransport(IExchangeTransport inner, Func<int> lent) : IExchangeTransport
    {
        private int _fetches;

        public bool IsNear { get; init; }

        public int HangsAfter { get; init; } = int.MaxValue;

        public int FailsAfter { get; init; } = int.MaxValue;

        public int Fetches => _fetches;

        public int MostLent { get; private set; }

        public int MostCredits { get; private set; }

        public WaitKind? WaitOf(ChannelId channel, string where) => IsNear ? null : WaitKind.Fetch;

        public async ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            int number = Interlocked.Increment(ref _fetches);
            MostLent = Math.Max(MostLent, lent());
            MostCredits = Math.Max(MostCredits, request.Credits.Count);
            await Task.Yield();
            if (number > HangsAfter)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return number > FailsAfter
                ? new FetchReply(FetchStatus.NotFound, request.FromSequence, [], 0, "the silo is gone")
                : await inner.FetchAsync(request, cancellationToken);
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);
    }
}
