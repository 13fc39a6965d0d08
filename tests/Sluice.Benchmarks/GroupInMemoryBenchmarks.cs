using BenchmarkDotNet.Attributes;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>
/// Collecting and grouping in memory: 100-byte records into 100 subpartitions within 64 MiB, nothing spilled.
/// </summary>
/// <remarks>
/// All that a map task does with output that fits: ring, sort by key, sums, checksummed blocks, which stay in the pool.
/// Not sealed, because BenchmarkDotNet derives from it.
/// </remarks>
public class GroupInMemoryBenchmarks : IDisposable
{
    private const int Records = 240_000;
    private const int RecordLength = 100;
    private const int KeyLength = 10;
    private const int Partitions = 100;

    private readonly NoStore _store = new();
    private byte[] _records = [];
    private BenchmarkTask? _task;

    [GlobalSetup]
    public void Setup()
    {
        _records = new byte[Records * RecordLength];
        new Random(1).NextBytes(_records);
        _task = new BenchmarkTask(64L << 20);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _task?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public long Collect_and_group()
    {
        using MapOutputBuffer buffer = _task!.Collector(_store, Partitions, spillThreshold: 1);
        for (int at = 0; at < _records.Length; at += RecordLength)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at, RecordLength);
            buffer.Collect(record[0] * Partitions >> 8, record[..KeyLength], record[KeyLength..]);
        }

        return BenchmarkTask.End(buffer);
    }
}
