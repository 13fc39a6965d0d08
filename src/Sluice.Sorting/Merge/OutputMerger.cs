using System.Diagnostics;
using Sluice.Observability;

namespace Sluice.Sorting;

/// <summary>Merges all runs of one output, with all their partitions, into one file.</summary>
/// <remarks>
/// Writing everything once more is a cost: it pays when consumers could not open all runs at once, or when one file is
/// asked for. What is merged is given back partition by partition, so that the disk need not hold all twice, and the
/// kernel has pages at hand for what is written. One run, or none, is left as it is. More runs than can be open at once
/// are merged in passes, as <see cref="MergePlan"/> says. What is read is compared with the sums of what was written
/// before, so that the sums of what is written now can take their place. Threading: one thread calls; a pass starts
/// more where there are cores.
/// </remarks>
public sealed class OutputMerger
{
    private readonly OutputMergePass _pass;
    private readonly int _fanIn;

    /// <param name="pool">Grants the segments that the options name.</param>
    /// <param name="store">Where the merged run goes.</param>
    /// <param name="options">Validated here.</param>
    /// <param name="cancellation">Ends merging.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few segments to merge two runs.</exception>
    public OutputMerger(
        Buffers.IBufferPool pool, ISpillStore store, OutputMergerOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _pass = new OutputMergePass(pool, store, options, cancellation);
        _fanIn = options.FanIn;
    }

    /// <summary>Merges runs into one.</summary>
    /// <param name="runs">In the order that decides ties. They belong to the merger from now on, also when it
    /// fails.</param>
    /// <param name="sums">Per partition, over all runs.</param>
    /// <returns>At most one run, which belongs to the caller.</returns>
    /// <exception cref="IOException">A run is damaged or not what the sums say, or the merged one could not be
    /// written.</exception>
    public MergedOutput Merge(IReadOnlyList<SortedRun> runs, RecordSum[] sums)
    {
        List<SortedRun> left = [.. runs];
        MergeCounters counters = default;
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (left.Count > 1)
            {
                int width = left.Count <= _fanIn ? left.Count : MergePlan.Width(left.Count, _fanIn);
                int first = MergePlan.SmallestNeighbours([.. left.Select(run => run.Length)], width);
                List<SortedRun> neighbours = left.GetRange(first, width);
                PassResult result = RunPass(neighbours, sums.Length);
                left.Insert(first, result.Run);
                left.RemoveRange(first + 1, width);
                neighbours.ForEach(run => run.Dispose());
                counters = counters.With(result);
                sums = [.. sums.Select((sum, partition) => sum - result.Read[partition] + result.Written[partition])];
                if (left.Count == 1)
                {
                    Verify(sums, result);
                }
            }
        }
        catch
        {
            left.ForEach(run => run.Dispose());
            throw;
        }

        TimeSpan time = counters.Passes == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start);
        return new MergedOutput(left, sums, counters with { Time = time });
    }

    private PassResult RunPass(List<SortedRun> runs, int partitions)
    {
        using Activity? span = TaskSpans.Begin(SpanNames.Merge);
        PassResult result = _pass.Run(runs, partitions);
        span?.SetTag(AttributeNames.Runs, runs.Count).SetTag(AttributeNames.Bytes, result.Bytes);
        return result;
    }

    // The last pass read and wrote everything: what is left of the sums beyond that was lost or never there.
    private static void Verify(RecordSum[] sums, PassResult last)
    {
        for (int partition = 0; partition < sums.Length; partition++)
        {
            if (sums[partition] != last.Written[partition])
            {
                throw new IOException(
                    $"Merging {last.Run.Name} lost or changed records of partition {partition}: expected " +
                    $"{sums[partition]}, found {last.Written[partition]}.");
            }
        }
    }
}

/// <summary>How an output is merged into one file.</summary>
public sealed record OutputMergerOptions
{
    /// <summary>Segments all threads together may take.</summary>
    public required int Segments { get; init; }

    /// <summary>Bytes of one segment.</summary>
    public int SegmentSize { get; init; } = 32 * 1024;

    /// <summary>Threads that merge at once, where there are segments and partitions enough for them.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Compresses what is written; null stores it as it is.</summary>
    public IBlockCodec? Codec { get; init; }

    /// <summary>Folds equal keys where three runs or more are merged; null keeps all records.</summary>
    public Combiner? Combiner { get; init; }

    /// <summary>Orders keys; null compares them as bytes. The runs must be in its order.</summary>
    public KeyComparison? Comparison { get; init; }

    /// <summary>Bytes of an average partition below which opening partitions costs more than a second thread
    /// gives.</summary>
    public long SmallestPartition { get; init; } = 64 * 1024;

    /// <summary>Bytes of a run's average partition from which on each is given back once it is merged; a call for a
    /// shorter one is not worth it.</summary>
    public long SmallestGivenBack { get; init; } = StorageFile.SmallestHole;

    /// <summary>Runs one thread can merge at once.</summary>
    internal int FanIn => (Segments - SegmentsPerThread(0)) / SegmentsPerSource;

    private int SegmentsPerSource => RunMerger.SegmentsPerSource + (Codec is null ? 0 : RunMerger.SegmentsPerCodec);

    /// <summary>Segments that each of <paramref name="threads"/> threads writes with: what merging leaves, up to a
    /// large write.</summary>
    internal int WriteSegments(int threads, int runs) => Math.Clamp(
        (Segments / threads) - SegmentsPerThread(runs) + RunMerger.SegmentsPerPass,
        1,
        MapOutputOptions.MostWriteSegments);

    /// <summary>Segments that each of <paramref name="threads"/> threads reads each of its runs with: its share of what
    /// is left.</summary>
    internal int ReadSegments(int threads, int runs)
    {
        int left =
            (Segments / threads) - WriteSegments(threads, runs) - SegmentsPerThread(0) + RunMerger.SegmentsPerPass;
        return Math.Clamp((left / runs) - SegmentsPerSource + 1, 1, RunBlockSource.MostSegments);
    }

    /// <summary>Segments a thread takes at least that merges <paramref name="runs"/> runs.</summary>
    internal int SegmentsPerThread(int runs) =>
        (runs * SegmentsPerSource) + RunMerger.SegmentsPerPass + (Codec is null ? 0 : RunMerger.SegmentsPerCodec);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Segments, SegmentsPerThread(2), nameof(Segments));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(Threads));
    }
}

/// <summary>What merging an output made.</summary>
/// <param name="Runs">One run; none when there was none.</param>
/// <param name="Sums">Per partition, over what is in the run.</param>
/// <param name="Counters">What it took.</param>
public sealed record MergedOutput(IReadOnlyList<SortedRun> Runs, RecordSum[] Sums, MergeCounters Counters);

/// <summary>What merging took.</summary>
/// <param name="Passes">Times that runs were merged into one.</param>
/// <param name="RewrittenBytes">Bytes that were written again.</param>
/// <param name="Combined">What combining saved.</param>
/// <param name="Time">From start to end.</param>
public readonly record struct MergeCounters(int Passes, long RewrittenBytes, CombineCount Combined, TimeSpan Time)
{
    internal MergeCounters With(PassResult pass) => this with
    {
        Passes = Passes + 1,
        RewrittenBytes = RewrittenBytes + pass.Bytes,
        Combined = Combined + pass.Combined,
    };
}
