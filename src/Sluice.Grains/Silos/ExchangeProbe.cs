using System.Diagnostics;
using Orleans.Concurrency;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>One end of a measure of the exchange; see <see cref="IExchangeProbe"/>.</summary>
/// <remarks>
/// It moves records by the parts that tasks use: ring, run, result partition, serving desk, codec, gate. Its output may
/// be reclaimed as any other. Nothing is guaranteed to it: all that a pool can guarantee is promised to tasks, and one
/// that starts meanwhile must find it. Work runs on threads of its own.
/// </remarks>
[PinnedPlacement, Reentrant]
internal sealed class ExchangeProbe(SiloEngine engine) : Grain, IExchangeProbe
{
    private const int MostSegments = 2048;
    private const int RecordLength = 100;
    private const int KeyLength = 10;

    // As the gates of tasks have them: two halves of 256 KiB by turns.
    private const int SegmentsPerChannel = 40;

    // Of the ring, so that it does not spill.
    private const double Fill = 0.4;

    private const int AnswerLength = 256 * 1024;

    private static readonly TimeSpan BetweenPings = TimeSpan.FromMilliseconds(5);

    private readonly Immutable<byte[]> _answer = new(new byte[AnswerLength]);

    private OutputId? _made;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        EndAsync();

    public async Task<long> ProduceAsync(int channels)
    {
        await EndAsync();
        OutputId id = IdOf(this.GetPrimaryKeyString());
        _made = id;
        return await Task.Run(() => Produce(id, channels));
    }

    public async Task<ExchangeMeasure> ConsumeAsync(string producer, int channels, TimeSpan duration)
    {
        using CancellationTokenSource enough = new();
        ProducerOutput output = new(IdOf(producer), 1, TaskKey.SiloOf(producer));
        long start = Stopwatch.GetTimestamp();
        Task<long>[] readers =
        [
            .. Enumerable.Range(0, channels)
                .Select(channel => LongWork.Run(() => Read(output, channel, enough.Token))),
        ];
        List<double> pings;
        try
        {
            pings = await PingAsync(GrainFactory.GetGrain<IExchangeProbe>(producer), start, duration);
        }
        finally
        {
            await enough.CancelAsync();
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long[] bytes = await Task.WhenAll(readers);
        pings.Sort();
        return new ExchangeMeasure
        {
            Bytes = bytes.Sum(),
            Seconds = elapsed.TotalSeconds,
            Pings = pings.Count,
            PingP50 = pings[pings.Count / 2],
            PingP99 = pings[pings.Count * 99 / 100],
            PingMost = pings[^1],
        };
    }

    public async Task<double> CallAsync(string producer, int calls, TimeSpan duration)
    {
        IExchangeProbe other = GrainFactory.GetGrain<IExchangeProbe>(producer);
        long start = Stopwatch.GetTimestamp();
        long[] bytes = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => AskAsync(other, start, duration)));
        return bytes.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public Task<Immutable<byte[]>> AnswerAsync() => Task.FromResult(_answer);

    public Task PingAsync() => Task.CompletedTask;

    public Task EndAsync()
    {
        if (_made is OutputId made)
        {
            _made = null;
            engine.Outputs.Release(made);
        }

        return Task.CompletedTask;
    }

    private static async Task<long> AskAsync(IExchangeProbe other, long start, TimeSpan duration)
    {
        long bytes = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            bytes += (await other.AnswerAsync()).Value.Length;
        }

        return bytes;
    }

    // In turns of this grain, one after the other: what is measured is how long one waits.
    private static async Task<List<double>> PingAsync(IExchangeProbe other, long start, TimeSpan duration)
    {
        List<double> pings = [];
        do
        {
            long asked = Stopwatch.GetTimestamp();
            await other.PingAsync();
            pings.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            await Task.Delay(BetweenPings);
        }
        while (Stopwatch.GetElapsedTime(start) < duration);

        return pings;
    }

    private long Produce(OutputId id, int channels)
    {
        int segments = Math.Min(engine.Pool.Total / 4, MostSegments);
        LocalBufferPool pool = engine.Pool.CreateBufferPool($"probe {id.Job:N}", 0, segments);
        try
        {
            using MapOutputBuffer buffer = new(pool, engine.StoreFor(CancellationToken.None), new MapOutputOptions
            {
                Partitions = channels,
                MaximumSegments = segments,
                SegmentSize = engine.Pool.SegmentSize,
            });
            Random random = new(1);
            Span<byte> record = stackalloc byte[RecordLength];
            for (long left = (long)(segments * Fill * engine.Pool.SegmentSize) / RecordLength; left > 0; left--)
            {
                random.NextBytes(record);
                buffer.Collect((int)(left % channels), record[..KeyLength], record[KeyLength..]);
            }

            MapOutput made = buffer.Finish();
            ResultPartition output = new(id, made.Runs, engine.StoreFor);
            engine.Keep(output, pool);
            return made.Runs.Where(run => run is MemoryRun).Sum(run => run.Length);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    private long Read(ProducerOutput output, int channel, CancellationToken enough)
    {
        long bytes = 0;
        using LocalBufferPool pool = engine.Pool.CreateBufferPool($"probe channel {channel}", 0, SegmentsPerChannel);
        InputGateOptions options = InputGateOptions.For(SegmentsPerChannel, 1, slow: true);
        try
        {
            for (int round = 1; !enough.IsCancellationRequested; round++)
            {
                using InputGate gate = new(
                    [output],
                    channel..(channel + 1),
                    pool,
                    engine.Transport,
                    options with { Reader = new ReaderId(1, round) },
                    enough);
                while (!enough.IsCancellationRequested && gate.Channels[0].TryTake(out Block block))
                {
                    bytes += block.Length;
                    block.Release();
                }
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // It waited for a segment, or for an answer.
        }

        return bytes;
    }

    private static OutputId IdOf(string key) =>
        new(Guid.ParseExact(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..], "N"), 0, 0, 1);
}
