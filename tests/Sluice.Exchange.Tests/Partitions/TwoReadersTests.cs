using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

/// <summary>Two attempts of one task read the same partition of the same producers at the same time.</summary>
public class TwoReadersTests
{
    private const int Partition = 1;
    private const int InMemory = 200;
    private const int InFiles = 14;

    [Theory]
    [Seeded(InMemory, 1)]
    [Seeded(InMemory, 2)]
    [Seeded(InFiles, 3)]
    [Seeded(InFiles, 4)]
    public void Each_gets_every_block_in_order_whoever_is_ahead(int ringSegments, int seed)
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer =
            exchange.Produce(0, TestRecords.Random(seed, 300, ExchangeFixture.Partitions, 60), ringSegments);
        using InputGate alone = GateOf(exchange, producer, attempt: 1);
        byte[][][] expected = [.. alone.Channels.Select(channel => Drain(channel).ToArray())];
        using InputGate first = GateOf(exchange, producer, attempt: 2);
        using InputGate second = GateOf(exchange, producer, attempt: 3);
        int readsAlone = exchange.Store.Files.Sum(file => file.Reads);
        Random random = new(seed);

        for (int channel = 0; channel < expected.Length; channel++)
        {
            List<byte[]>[] read = [[], []];
            IEnumerator<byte[]>[] readers =
                [Drain(first.Channels[channel]).GetEnumerator(), Drain(second.Channels[channel]).GetEnumerator()];
            bool[] ended = new bool[2];
            while (ended.Contains(false))
            {
                int next = random.Next(2);
                if (!ended[next] && readers[next].MoveNext())
                {
                    read[next].Add(readers[next].Current);
                }
                else
                {
                    ended[next] = true;
                }
            }

            Assert.Equal(expected[channel], read[0]);
            Assert.Equal(expected[channel], read[1]);
        }

        // Neither makes the other start over: files are read as often by each of them as by one alone.
        Assert.Equal(ringSegments == InMemory, readsAlone == 0);
        Assert.Equal(3 * readsAlone, exchange.Store.Files.Sum(file => file.Reads));
    }

    [Fact]
    public void One_that_closes_its_channel_leaves_the_others_place_alone()
    {
        using ExchangeFixture exchange = new();
        ProducerOutput producer = exchange.Produce(
            0, TestRecords.Random(5, 900, ExchangeFixture.Partitions, 60), InFiles);
        using InputGate stays = GateOf(exchange, producer, attempt: 1);
        InputGate leaves = GateOf(exchange, producer, attempt: 2);
        byte[] firstBlock = Drain(stays.Channels[0]).First();
        Assert.Equal(firstBlock, Drain(leaves.Channels[0]).First());
        ResultPartition output = exchange.Outputs.Find(producer.Id)!;
        Assert.Equal(2, output.ViewCount);

        leaves.Dispose();

        Assert.Equal(1, output.ViewCount);
        Assert.NotEmpty(Drain(stays.Channels[0]));
    }

    private static InputGate GateOf(ExchangeFixture exchange, ProducerOutput producer, int attempt) => new(
        [producer],
        Partition..(Partition + 1),
        exchange.Pool.Task,
        exchange.Transport,
        new InputGateOptions(2, 3) { Reader = new ReaderId(1, attempt) },
        CancellationToken.None);

    private static IEnumerable<byte[]> Drain(InputChannel channel)
    {
        while (channel.TryTake(out Block block))
        {
            byte[] bytes = block.Bytes.ToArray();
            block.Release();
            yield return bytes;
        }
    }
}
