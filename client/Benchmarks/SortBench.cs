using System.Buffers.Binary;
using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>
/// Map tasks side by side: records with random keys through ring, spills and a merge into one file each.
/// </summary>
/// <param name="options">Memory, tasks at once, and where they spill.</param>
/// <param name="records">Of all tasks together.</param>
internal sealed class SortBench(EngineOptions options, long records)
{
    /// <summary>Bytes of a record.</summary>
    public const int RecordLength = 100;

    /// <summary>Partitions of each task's output.</summary>
    public const int Partitions = 1 << PartitionBits;

    private const int KeyLength = 10;
    private const int PartitionBits = 3;
    private const int RecordsPerCheck = 1 << 16;

    /// <summary>One round.</summary>
    /// <exception cref="SluiceException">A spill directory cannot be used, or what came out is not what went
    /// in.</exception>
    public async Task<SortRoundJson> RunAsync(CancellationToken cancellationToken)
    {
        using SpillDirectories directories = ScratchDirectory.OpenSpill(options.SpillDirectories);
        using NetworkBufferPool pool = new(
            NetworkBufferPoolOptions.ForMemory(options.MemoryBytes, options.SegmentSize));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        SpillStore store = new(directories);
        long start = Stopwatch.GetTimestamp();
        Task<Phases>[] tasks = [.. Enumerable.Range(0, options.Parallelism).Select(task => Task.Factory.StartNew(
            () => RunTask(task, pool, store, stop),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Phases[] phases = await AllOf(tasks);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new SortRoundJson(
            seconds,
            Math.Round(records / seconds),
            phases.Average(phase => phase.Collect),
            phases.Average(phase => phase.Output.BlockedTime.TotalSeconds),
            phases.Average(phase => phase.Output.SortTime.TotalSeconds),
            phases.Average(phase => phase.Output.SpillTime.TotalSeconds),
            phases.Average(phase => phase.Merge),
            phases.Sum(phase => phase.Output.Spills),
            phases.Sum(phase => phase.Output.SpilledBytes));
    }

    // The first cause, not that the others were stopped because of it.
    private async Task<Phases[]> AllOf(Task<Phases>[] tasks)
    {
        try
        {
            return await Task.WhenAll(tasks);
        }
        catch (Exception) when (
            tasks.FirstOrDefault(task => task.IsFaulted)?.Exception?.InnerException is Exception cause)
        {
            throw cause switch
            {
                InvalidDataException => new SluiceException(
                    ConsoleErrors.WrongResult(
                        $"the sorted records are not those collected: {cause.Message}", "bench sort"),
                    cause),
                IOException => new SluiceException(
                    ConsoleErrors.CannotWrite(string.Join(", ", options.SpillDirectories), cause.Message), cause),
                _ => cause,
            };
        }
    }

    private Phases RunTask(int task, NetworkBufferPool pool, SpillStore store, CancellationTokenSource stop)
    {
        try
        {
            int segments = pool.Total / options.Parallelism;
            using LocalBufferPool own = pool.CreateBufferPool($"bench sort {task}", segments, segments);
            long start = Stopwatch.GetTimestamp();
            MapOutput output = Collect(task, own, segments, store, stop.Token);
            double collected = Stopwatch.GetElapsedTime(start).TotalSeconds;
            OutputMerger merger = new(
                own,
                store,
                new OutputMergerOptions
                {
                    Segments = segments,
                    SegmentSize = options.SegmentSize,
                    Threads = Math.Max(1, Environment.ProcessorCount / options.Parallelism),
                    Codec = options.Codec,
                },
                stop.Token);
            foreach (SortedRun run in merger.Merge(output.Runs, output.Sums).Runs)
            {
                run.Dispose();
            }

            return new Phases(collected, Stopwatch.GetElapsedTime(start).TotalSeconds - collected, output.Counters);
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    private MapOutput Collect(
        int task, LocalBufferPool pool, int segments, SpillStore store, CancellationToken cancellation)
    {
        int write = MapOutputOptions.WriteSegmentsOf(segments);
        using MapOutputBuffer buffer = new(
            pool,
            store,
            new MapOutputOptions
            {
                Partitions = Partitions,
                MaximumSegments = segments - write - (options.Codec is null ? 0 : 1),
                WriteSegments = write,
                SegmentSize = options.SegmentSize,
                Codec = options.Codec,
            },
            cancellation);
        Span<byte> record = stackalloc byte[RecordLength];
        new Random(task).NextBytes(record);
        ulong random = 0x9E3779B97F4A7C15 * (ulong)(task + 1);
        long count = (records / options.Parallelism) + (task < records % options.Parallelism ? 1 : 0);
        for (long i = 0; i < count; i++)
        {
            if (i % RecordsPerCheck == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            // Marsaglia's xorshift, 13, 7, 17.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            BinaryPrimitives.WriteUInt64BigEndian(record, random);
            buffer.Collect((int)(random >> (64 - PartitionBits)), record[..KeyLength], record[KeyLength..]);
        }

        return buffer.Finish();
    }

    private readonly record struct Phases(double Collect, double Merge, MapOutputCounters Output);
}
