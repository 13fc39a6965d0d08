using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Sluice.Buffers;

namespace Sluice.Benchmarks;

/// <summary>
/// What a reference costs beside the bare instruction, and what appending costs beside the bare copy.
/// </summary>
/// <remarks>
/// Every method does <see cref="Operations"/> operations and the report shows one. The baseline of a category is what
/// nobody could do without: two compare-and-swaps on one word, the copies of the same bytes, or a life that is not
/// watched.
/// </remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ReferenceBenchmarks : IDisposable
{
    private const int Operations = 10_000;
    private const int RecordLength = 100;
    private const int SegmentSize = 32 * 1024;

    private readonly byte[] _record = new byte[RecordLength];
    private readonly byte[] _target = new byte[SegmentSize];
    private NetworkBufferPool? _network;
    private LocalBufferPool? _pool;
    private LocalBufferPool? _sampled;
    private LocalBufferPool? _full;
    private NetworkBuffer _buffer;
    private NetworkBuffer _watched;
    private ulong _word = 1;

    [GlobalSetup]
    public void Setup()
    {
        new Random(1).NextBytes(_record);
        _network = new NetworkBufferPool(new NetworkBufferPoolOptions { SegmentCount = 12, SegmentSize = SegmentSize });
        _pool = Pool("off", LeakDetection.Off);
        _sampled = Pool("sampled", LeakDetection.Sampled);
        _full = Pool("full", LeakDetection.Full);
        _buffer = _pool.Request(CancellationToken.None);
        _watched = _full.Request(CancellationToken.None);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _buffer.Release();
        _watched.Release();
        _pool?.Dispose();
        _sampled?.Dispose();
        _full?.Dispose();
        _network?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations), BenchmarkCategory("references")]
    public void Compare_and_swap_pair()
    {
        for (int i = 0; i < Operations; i++)
        {
            Add(ref _word, 1);
            Add(ref _word, ulong.MaxValue);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("references")]
    public void Retain_and_release()
    {
        NetworkBuffer buffer = _buffer;
        for (int i = 0; i < Operations; i++)
        {
            buffer.Retain().Release();
        }
    }

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("references")]
    public void Retain_and_release_with_a_label()
    {
        NetworkBuffer buffer = _buffer;
        for (int i = 0; i < Operations; i++)
        {
            buffer.Retain("reader").Release();
        }
    }

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("references")]
    public void Retain_and_release_at_full_leak_detection()
    {
        NetworkBuffer buffer = _watched;
        for (int i = 0; i < Operations; i++)
        {
            buffer.Retain().Release();
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations), BenchmarkCategory("lives")]
    public void Request_and_release_at_off() => RequestAndRelease(_pool!);

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("lives")]
    public void Request_and_release_at_sampled() => RequestAndRelease(_sampled!);

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("lives")]
    public void Request_and_release_at_full() => RequestAndRelease(_full!);

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations), BenchmarkCategory("append")]
    public void Copy_records()
    {
        int at = 0;
        for (int i = 0; i < Operations; i++)
        {
            if (at + RecordLength > SegmentSize)
            {
                at = 0;
            }

            _record.AsSpan().CopyTo(_target.AsSpan(at));
            at += RecordLength;
        }
    }

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("append")]
    public void Append_records()
    {
        BufferBuilder builder = new(_pool!.Request(CancellationToken.None));
        for (int i = 0; i < Operations; i++)
        {
            if (!builder.TryAppend(_record))
            {
                builder.Finish();
                builder.Dispose();
                builder = new BufferBuilder(_pool.Request(CancellationToken.None));
                builder.TryAppend(_record);
            }
        }

        builder.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Operations), BenchmarkCategory("append")]
    public void Append_records_and_commit_each_to_a_consumer()
    {
        BufferBuilder builder = new(_pool!.Request(CancellationToken.None));
        BufferConsumer consumer = builder.CreateConsumer();
        for (int i = 0; i < Operations; i++)
        {
            if (!builder.TryAppend(_record))
            {
                builder.Finish();
                builder.Dispose();
                consumer.Dispose();
                builder = new BufferBuilder(_pool.Request(CancellationToken.None));
                consumer = builder.CreateConsumer();
                builder.TryAppend(_record);
            }

            builder.Commit();
        }

        builder.Dispose();
        consumer.Dispose();
    }

    private LocalBufferPool Pool(string owner, LeakDetection level) =>
        _network!.CreateBufferPool(new BufferPoolOptions
        {
            Owner = owner,
            Minimum = 4,
            Maximum = 4,
            Lifecycle = LeakDetector.Create(new LeakDetectorOptions { Level = level }, _ => { }),
        });

    private static void RequestAndRelease(LocalBufferPool pool)
    {
        for (int i = 0; i < Operations; i++)
        {
            pool.TryRequest(out NetworkBuffer buffer);
            buffer.Release();
        }
    }

    private static void Add(ref ulong word, ulong amount)
    {
        ulong seen;
        do
        {
            seen = Volatile.Read(ref word);
        }
        while (Interlocked.CompareExchange(ref word, seen + amount, seen) != seen);
    }
}
