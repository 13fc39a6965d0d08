using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Observability;

namespace Sluice.Benchmarks;

/// <summary>What watching the lives of buffers adds to a request and a release, beside a pool without a hook.</summary>
/// <remarks>
/// Somebody listens to the spans and keeps none, so exporting is not part of it. No limit on lives, which a job has:
/// the row that watches all of them shows what one watched life costs. A real buffer is filled and read between the two
/// calls, 32 KiB of it, which takes some hundred times as long as they do.
/// Not sealed, because BenchmarkDotNet derives from it.
/// </remarks>
[MemoryDiagnoser]
public class LifeTracerBenchmarks : IDisposable
{
    private const int Operations = 10_000;

    private ActivityListener? _listener;
    private NetworkBufferPool? _network;
    private LocalBufferPool? _off;
    private LocalBufferPool? _sampled;
    private LocalBufferPool? _all;

    [GlobalSetup]
    public void Setup()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
        _network = new NetworkBufferPool(new NetworkBufferPoolOptions { SegmentCount = 12 });
        _off = Pool("off", 0);
        _sampled = Pool("sampled", 1024);
        _all = Pool("all", 1);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _off?.Dispose();
        _sampled?.Dispose();
        _all?.Dispose();
        _network?.Dispose();
        _listener?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public void Off() => RequestAndRelease(_off!);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void One_in_1024() => RequestAndRelease(_sampled!);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void All() => RequestAndRelease(_all!);

    private LocalBufferPool Pool(string owner, int oneIn) => _network!.CreateBufferPool(new BufferPoolOptions
    {
        Owner = owner,
        Minimum = 4,
        Maximum = 4,
        Lifecycle = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = oneIn, MostLives = int.MaxValue }),
    });

    private static void RequestAndRelease(LocalBufferPool pool)
    {
        for (int i = 0; i < Operations; i++)
        {
            pool.TryRequest(out NetworkBuffer buffer);
            buffer.Release();
        }
    }
}
