using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>
/// A desk over a fixture's outputs, with few segments to read files into and a clock that is stepped.
/// </summary>
internal sealed class DeskFixture : IDisposable
{
    public const int Room = 4;
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TestPool _room = new(Room, ExchangeFixture.SegmentSize);

    public DeskFixture(ExchangeFixture exchange)
    {
        Desk = new ServingDesk(exchange.Outputs, _room.Task, Time, new ExchangeTraffic());
    }

    public SweepTime Time { get; } = new();

    public ServingDesk Desk { get; }

    /// <summary>What the segments are lent from that files are read into.</summary>
    public NetworkBufferPool Memory => _room.Whole;

    /// <summary>Asks for blocks of subpartition 1 of the first run, for one of the attempts that read it.</summary>
    public Task<BufferBatch> Serve(
        ProducerOutput producer, int from, int credits, int reader = 1, CancellationToken cancellation = default) =>
        Desk.ServeAsync(
            new BufferFetch
            {
                Fetch = Guid.NewGuid(),
                Output = WireAttempt.Of(producer.Id),
                Subpartition = 1,
                FromSequence = from,
                Credits = credits,
                ReaderStage = 1,
                ReaderAttempt = reader,
            },
            cancellation);

    /// <summary>The bytes of the blocks; they are not written, so the desk keeps them.</summary>
    public async Task<byte[][]> Fetch(ProducerOutput producer, int from, int credits, int reader = 1)
    {
        BufferBatch batch = await Serve(producer, from, credits, reader: reader).WaitAsync(Deadline);
        Assert.Equal(from, batch.FirstSequence);
        return [.. batch.Blocks.Select(block => block.Bytes.ToArray())];
    }

    public async Task<byte[][]> FetchAll(ProducerOutput producer, int credits)
    {
        List<byte[]> all = [];
        while (true)
        {
            BufferBatch batch = await Serve(producer, all.Count, credits).WaitAsync(Deadline);
            all.AddRange(batch.Blocks.Select(block => block.Bytes.ToArray()));
            batch.Written?.Invoke();
            if (batch.Status == FetchStatus.EndOfPartition)
            {
                return [.. all];
            }
        }
    }

    /// <summary>The channel that is asked for.</summary>
    public static ChannelId ChannelOf(ProducerOutput producer, int reader = 1) =>
        new(producer.Id, 0, 1, new ReaderId(1, reader));

    /// <summary>So many blocks wait to be written; the desk lends no segment but those.</summary>
    public void AssertKeeps(int blocks)
    {
        Assert.Equal(blocks, Desk.Kept);
        Assert.True(_room.Lent <= blocks, $"{_room.Lent} segments are lent for {blocks} blocks.");
    }

    public void Dispose()
    {
        Desk.Dispose();
        _room.Dispose();
    }
}

/// <summary>
/// A clock that stands until it is told to go on; periodic timers fire once for each time it is told.
/// </summary>
internal sealed class SweepTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time)
    {
        _ticks += time.Ticks;
        _timers.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(() => callback(state));
        _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(Action fire) : ITimer
    {
        private bool _isDisposed;

        public void Fire()
        {
            if (!_isDisposed)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
