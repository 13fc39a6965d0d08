using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Merges rows of partitions of a few runs into one file.</summary>
/// <remarks>Threading: each row on a thread of its own; rows share nothing but arrays in which each has its
/// places.</remarks>
internal sealed class RowMerge
{
    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly OutputMergerOptions _options;
    private readonly List<SortedRun> _runs;
    private readonly IStoredFile _file;
    private readonly PartitionTable _table;
    private readonly RecordSum[] _read;
    private readonly int _writeSegments;
    private readonly int _readSegments;
    private readonly bool _givesBack;
    private readonly CancellationToken _cancellation;

    public RowMerge(
        IBufferPool pool,
        ISpillStore store,
        OutputMergerOptions options,
        List<SortedRun> runs,
        int rows,
        IStoredFile file,
        PartitionTable table,
        RecordSum[] read,
        CancellationToken cancellation)
    {
        _pool = pool;
        _store = store;
        _options = options;
        _runs = runs;
        _file = file;
        _table = table;
        _read = read;
        _writeSegments = options.WriteSegments(rows, runs.Count);
        _readSegments = options.ReadSegments(rows, runs.Count);
        _givesBack = runs.Average(run => run.Length) >= (double)options.SmallestGivenBack * read.Length;
        _cancellation = cancellation;
        Combiner = runs.Count >= RunMerger.FewestToCombine ? options.Combiner : null;
    }

    /// <summary>Folds equal keys; null when there is none, or too few runs.</summary>
    public Combiner? Combiner { get; }

    /// <summary>Merges one row.</summary>
    /// <param name="row">Which.</param>
    /// <param name="failed">Told what stopped it, before the file is given up and other rows fail for that.</param>
    public void Run(MergeRow row, Action<Exception> failed)
    {
        using WriteMemory memory = new(_pool, _writeSegments, _options.Codec, _cancellation);
        using SpillRegionWriter writer = new(_file, memory, _table, row.First, row.Start);
        try
        {
            Merge(row, writer);
        }
        catch (Exception exception)
        {
            failed(exception);
            throw;
        }
    }

    private void Merge(MergeRow row, SpillRegionWriter writer)
    {
        for (int partition = row.First; partition < row.EndPartition; partition++)
        {
            writer.MoveTo(partition);
            _read[partition] = Merge(partition, writer.Blocks);
            if (_givesBack)
            {
                _runs.ForEach(run => run.Discard(partition));
            }
        }

        row.End = writer.EndBefore(row.EndPartition);
    }

    private RecordSum Merge(int partition, BlockWriter blocks)
    {
        _cancellation.ThrowIfCancellationRequested();
        RunBlockSource[] sources =
            [.. _runs.Select(run => new RunBlockSource(run, partition, _pool, _cancellation, _readSegments))];
        try
        {
            using RunMerger merger = new(
                sources, _runs.Count, _pool, _store, null, _cancellation, comparison: _options.Comparison);
            RecordCopier.Copy(merger, Combiner, _options.Comparison, blocks, _cancellation);
            return merger.SourceSums().Aggregate((sum, next) => sum + next);
        }
        finally
        {
            Array.ForEach(sources, source => source.Dispose());
        }
    }
}
