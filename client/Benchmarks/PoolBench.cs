using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Client;

/// <summary>One round of what buffers and views cost, each for a moment.</summary>
/// <remarks>Records and pages fit a processor's own cache, so that the views and not the memory are measured.</remarks>
internal sealed class PoolBench : IDisposable
{
    private const int RecordLength = 100;
    private const int Pages = 4;
    private const int SegmentsPerThread = 64;
    private const int PairsPerCheck = 10_000;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly int _threads;
    private readonly NetworkBufferPool _network;
    private readonly LocalBufferPool _pool;
    private readonly List<NetworkBuffer> _pages = [];
    private readonly byte[] _record = new byte[RecordLength];
    private readonly byte[] _copy;
    private readonly int _records;
    private readonly SegmentOutputView _output;
    private readonly SegmentInputView _input;

    /// <param name="threads">How many request buffers at once.</param>
    /// <param name="segmentSize">Bytes of a segment.</param>
    public PoolBench(int threads, int segmentSize)
    {
        _threads = threads;
        int segments = (SegmentsPerThread * threads) + Pages;
        _network = new NetworkBufferPool(
            new NetworkBufferPoolOptions { SegmentCount = segments, SegmentSize = segmentSize });
        _pool = _network.CreateBufferPool("bench pool", segments, segments);
        for (int page = 0; page < Pages; page++)
        {
            _pages.Add(_pool.Request(CancellationToken.None));
        }

        _copy = new byte[Pages * segmentSize];
        _records = _copy.Length / RecordLength;
        MemorySegment[] pages = [.. _pages.Select(page => page.Segment)];
        _output = new SegmentOutputView(pages);
        _input = new SegmentInputView(pages, 0, _copy.Length);
    }

    /// <summary>Measures everything once.</summary>
    public PoolRoundJson Run(CancellationToken cancellation)
    {
        NetworkBuffer shared = _pages[0];
        double megabytes = _records * (double)RecordLength / 1e6;
        return new PoolRoundJson(
            Rate(RequestAndRecycle, PairsPerCheck, cancellation),
            RateOfAllThreads(cancellation),
            Rate(() => RetainAndRelease(shared), PairsPerCheck, cancellation),
            Math.Round(Rate(WriteRecords, megabytes, cancellation)),
            Math.Round(Rate(ReadRecords, megabytes, cancellation)),
            Math.Round(Rate(CopyRecords, megabytes, cancellation)));
    }

    public void Dispose()
    {
        _pages.ForEach(page => page.Release());
        _pool.Dispose();
        _network.Dispose();
    }

    // How much of something is done in a second, when one call does so much.
    private static double Rate(Action work, double ofOneCall, CancellationToken cancellation)
    {
        work();
        long calls = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            work();
            calls++;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < Moment);

        return Math.Round(calls * ofOneCall / elapsed.TotalSeconds, 1);
    }

    private double RateOfAllThreads(CancellationToken cancellation)
    {
        double[] rates = new double[_threads];
        using Barrier together = new(_threads);
        Task[] tasks = [.. Enumerable.Range(0, _threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(CancellationToken.None);
                rates[thread] = Rate(RequestAndRecycle, PairsPerCheck, cancellation);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Task.WhenAll(tasks).GetAwaiter().GetResult();
        return Math.Round(rates.Sum());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RequestAndRecycle()
    {
        for (int i = 0; i < PairsPerCheck; i++)
        {
            _pool.Request(CancellationToken.None).Release();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RetainAndRelease(NetworkBuffer buffer)
    {
        for (int i = 0; i < PairsPerCheck; i++)
        {
            buffer.Retain().Release();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteRecords()
    {
        _output.Position = 0;
        for (int i = 0; i < _records; i++)
        {
            _output.Write(_record);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadRecords()
    {
        _input.Position = 0;
        for (int i = 0; i < _records; i++)
        {
            _input.ReadExactly(_record);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyRecords()
    {
        for (int i = 0; i < _records; i++)
        {
            _record.AsSpan().CopyTo(_copy.AsSpan(i * RecordLength, _record.Length));
        }
    }
}
