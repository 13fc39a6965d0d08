using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>
/// Whole map tasks on a real disk: 10 M records of 100 bytes each into 8 partitions through a ring of 100 MiB, spilled,
/// and merged into one file.
/// </summary>
/// <remarks>Not sealed, because BenchmarkDotNet derives from it.</remarks>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5)]
public class MapTaskBenchmarks
{
    private const int Records = 10_000_000;
    private const int RecordLength = 100;
    private const int KeyLength = 10;
    private const int Partitions = 8;
    private const long Memory = 100L << 20;
    private const int SegmentSize = 32 * 1024;
    private const int WriteSegments = 100;

    // One half is collected and sorted while the other is written.
    private const double SpillThreshold = 0.5;

    private readonly byte[] _value = new byte[RecordLength - KeyLength];

    /// <summary>Tasks side by side, each on its own thread, with a ring and a merge of its own.</summary>
    [Params(1, 2)]
    public int Tasks { get; set; }

    [Benchmark(OperationsPerInvoke = Records)]
    public void Collect_spill_and_merge_into_one_file()
    {
        using SpillDirectories directories = SpillDirectories.Open([Path.GetTempPath()]);
        Thread[] threads = [.. Enumerable.Range(0, Tasks).Select(task => new Thread(() => Run(directories, task)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private void Run(SpillDirectories directories, int task)
    {
        using NetworkBufferPool pool = new(
            NetworkBufferPoolOptions.ForMemory(Memory + (WriteSegments * SegmentSize), SegmentSize));
        using LocalBufferPool own = pool.CreateBufferPool($"task {task}", pool.Total, pool.Total);
        SpillStore store = new(directories);
        MapOutput output;
        using (MapOutputBuffer buffer = new(own, store, new MapOutputOptions
        {
            Partitions = Partitions,
            MaximumSegments = pool.Total - WriteSegments,
            WriteSegments = WriteSegments,
            SegmentSize = SegmentSize,
            SpillThreshold = SpillThreshold,
        }))
        {
            Collect(buffer, (ulong)task + 1);
            output = buffer.Finish();
        }

        MergedOutput merged = new OutputMerger(
            own,
            store,
            new OutputMergerOptions
            {
                Segments = pool.Total - 1,
                SegmentSize = SegmentSize,
                Threads = Environment.ProcessorCount / Tasks,
            },
            CancellationToken.None).Merge(output.Runs, output.Sums);
        foreach (SortedRun run in merged.Runs)
        {
            run.Dispose();
        }
    }

    private void Collect(MapOutputBuffer buffer, ulong seed)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        ulong random = seed * 0x9E3779B97F4A7C15;
        for (int i = 0; i < Records; i++)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            BinaryPrimitives.WriteUInt64BigEndian(key, random);
            buffer.Collect((int)(random >> 61), key, _value);
        }
    }
}
