using System.Runtime.ExceptionServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Merges a few runs, with all their partitions, into a new file; several threads take a row of partitions
/// each.</summary>
/// <remarks>
/// A thread's row goes to a stretch of the file that is as long as the row can become at the most; what is left of it
/// is a hole. A combiner may make partitions longer, so there one thread merges all.
/// </remarks>
internal sealed class OutputMergePass
{
    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly OutputMergerOptions _options;
    private readonly CancellationToken _cancellation;

    public OutputMergePass(
        IBufferPool pool, ISpillStore store, OutputMergerOptions options, CancellationToken cancellation)
    {
        _pool = pool;
        _store = store;
        _options = options;
        _cancellation = cancellation;
    }

    /// <param name="runs">Not more than the fan-in; they stay the caller's, to be disposed: nobody can read them
    /// again.</param>
    /// <param name="partitions">How many each has.</param>
    public PassResult Run(List<SortedRun> runs, int partitions)
    {
        PartitionTable table = new(new RecordSum[partitions]);
        RecordSum[] read = new RecordSum[partitions];
        IStoredFile file = _store.Create("output");
        try
        {
            MergeRow[] rows = Rows(runs, partitions);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
            RowMerge merge = new(_pool, _store, _options, runs, rows.Length, file, table, read, stop.Token);
            RunAll(rows, merge, stop);
            (SpillIndex index, long length) = SpillIndex.Write(file, rows.Max(row => row.End), table.Ranges);
            long bytes = rows.Sum(row => row.Bytes) + length - index.Offset;
            CombineCount combined = merge.Combiner is null
                ? default
                : new CombineCount(read.Sum(sum => sum.Count), table.Sums.Sum(sum => sum.Count));
            return new PassResult(new SpillFile(file, index), read, table.Sums, bytes, combined);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // The first row runs on the calling thread.
    private static void RunAll(MergeRow[] rows, RowMerge merge, CancellationTokenSource stop)
    {
        ExceptionDispatchInfo? failure = null;
        void Fail(Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            stop.Cancel();
        }

        void Run(MergeRow row)
        {
            try
            {
                merge.Run(row, Fail);
            }
#pragma warning disable CA1031 // The first failure is thrown again on the calling thread; the others follow from it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
            }
        }

        List<Thread> threads = [];
        foreach (MergeRow row in rows[1..])
        {
            try
            {
                threads.Add(ProcessLimits.StartThread("sluice-merge", () => Run(row)));
            }
            catch (ThreadLimitException)
            {
                // It takes longer, that is all.
                Run(row);
            }
        }

        Run(rows[0]);
        threads.ForEach(thread => thread.Join());
        failure?.Throw();
    }

    private MergeRow[] Rows(List<SortedRun> runs, int partitions)
    {
        long bytes = runs.Sum(run => run.Length);
        int threads = Math.Min(_options.Threads, _options.Segments / _options.SegmentsPerThread(runs.Count));
        threads = Math.Min(threads, partitions);
        if (threads <= 1 || _options.Combiner is not null || bytes / partitions < _options.SmallestPartition)
        {
            return [new MergeRow(0, partitions, 0)];
        }

        List<MergeRow> rows = [];
        long start = 0;
        long seen = 0;
        long payload = 0;
        int first = 0;
        for (int partition = 0; partition < partitions; partition++)
        {
            foreach (SortedRun run in runs)
            {
                PartitionRange range = run.RangeOf(partition);
                seen += range.Length;
                payload += _options.Codec is null ? range.Length : (long)range.Blocks * _options.SegmentSize;
            }

            bool isFull = rows.Count < threads - 1 && seen * threads >= bytes * (rows.Count + 1);
            if (isFull || partition == partitions - 1)
            {
                rows.Add(new MergeRow(first, partition + 1, start));
                long longest = BlockBatch.LongestLength(payload, partition + 1 - first, _options.SegmentSize);
                start += StorageFile.InWholePages(longest);
                first = partition + 1;
                payload = 0;
            }
        }

        return [.. rows];
    }
}

/// <summary>A row of partitions that one thread merges.</summary>
/// <param name="first">The first partition.</param>
/// <param name="end">The partition behind the last.</param>
/// <param name="start">Where in the file they go, bytes.</param>
internal sealed class MergeRow(int first, int end, long start)
{
    public int First { get; } = first;

    public int EndPartition { get; } = end;

    public long Start { get; } = start;

    /// <summary>Where they end in the file, once merged.</summary>
    public long End { get; set; } = start;

    /// <summary>Bytes they take, once merged.</summary>
    public long Bytes => End - Start;
}

/// <summary>What one pass made.</summary>
/// <param name="Run">The new run.</param>
/// <param name="Read">Per partition, over the records read.</param>
/// <param name="Written">Per partition, over the records written.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Combined">What combining saved.</param>
internal sealed record PassResult(
    SortedRun Run, RecordSum[] Read, RecordSum[] Written, long Bytes, CombineCount Combined);
