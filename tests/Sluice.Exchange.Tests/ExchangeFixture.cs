using Sluice.Sorting;

namespace Sluice.Exchange.Tests;

/// <summary>Producers with outputs in one store, made of random records with tiny segments.</summary>
internal sealed class ExchangeFixture : IDisposable
{
    public const int SegmentSize = 256;
    public const int Partitions = 3;

    public ExchangeFixture(int segments = 400, bool onDevice = false)
    {
        Store = new MemoryStore { WaitsForDevice = onDevice };
        Pool = new TestPool(segments, SegmentSize);
        Transport = new InProcessTransport(Outputs);
    }

    public TestPool Pool { get; }

    public MemoryStore Store { get; }

    public ResultPartitionStore Outputs { get; } = new();

    public InProcessTransport Transport { get; }

    /// <summary>Adds a producer's output of these records.</summary>
    public ProducerOutput Produce(int task, List<TestRecord> records, int ringSegments)
    {
        using MapOutputBuffer buffer = new(Pool.Task, Store, new MapOutputOptions
        {
            Partitions = Partitions,
            MaximumSegments = ringSegments,
            SegmentSize = SegmentSize,
        });
        records.ForEach(record => buffer.Collect(record.Partition, record.Key, record.Value));
        MapOutput output = buffer.Finish();
        OutputId id = new(Guid.Empty, 0, task, 1);
        Outputs.Add(new ResultPartition(id, output.Runs, _ => Store), null);
        return new ProducerOutput(id, output.Runs.Count);
    }

    /// <summary>Everything a gate over one subpartition gives, merged.</summary>
    public List<TestRecord> ReadAll(
        IReadOnlyList<ProducerOutput> producers, int partition, int gateSegments, IExchangeTransport? transport = null)
    {
        IExchangeTransport used = transport ?? Transport;
        bool isSlow = producers.Any(producer => Enumerable.Range(0, producer.Runs)
            .Any(run => used.WaitOf(new ChannelId(producer.Id, run, partition), "") is not null));
        InputGateOptions options = InputGateOptions.For(
            gateSegments, producers.Sum(producer => producer.Runs), slow: isSlow);
        using InputGate gate = new(
            producers, partition..(partition + 1), Pool.Task, used, options, CancellationToken.None);
        using RunMerger merger = new(gate.Channels, options.FanIn, Pool.Task, Store, null, CancellationToken.None);
        List<TestRecord> records = [];
        while (merger.MoveNext())
        {
            byte[] record = merger.Record.ToArray();
            records.Add(new TestRecord(partition, record[..merger.KeyLength], record[merger.KeyLength..]));
        }

        return records;
    }

    public void Dispose()
    {
        Outputs.Dispose();
        Assert.Equal(0, Store.LiveFiles);
        Pool.Dispose();
    }
}
