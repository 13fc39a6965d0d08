using System.Diagnostics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Merges sorted runs of one partition into one sequence of records.</summary>
/// <remarks>
/// When there are more runs than the fan-in, runs are first merged into files, neighbours with neighbours so that equal
/// keys keep their order; the first pass takes just so many that all later ones are full. With a combiner, passes over
/// three runs or more fold equal keys. Ownership: takes the sources as they are and releases every block it took.
/// Threading: one thread.
/// </remarks>
public sealed class RunMerger : IRecordReader, IDisposable
{
    /// <summary>Segments a source needs while it is merged: its block and one to join a record that crosses blocks.</summary>
    public const int SegmentsPerSource = 2;

    /// <summary>One more for each source, and for a pass, where blocks are compressed.</summary>
    public const int SegmentsPerCodec = 1;

    /// <summary>Segments a pass needs besides its sources': one to build blocks in.</summary>
    public const int SegmentsPerPass = 1;

    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly Combiner? _combiner;
    private readonly IBlockCodec? _codec;
    private readonly CancellationToken _cancellation;
    private readonly LargeRecords _largeRecords;
    private readonly RecordSum[] _sourceSums;
    private readonly List<MergeInput> _inputs;
    private readonly MergeReader _last;

    /// <param name="sources">Sorted runs, in the order that decides ties.</param>
    /// <param name="fanIn">How many runs may be open at once, at least 2.</param>
    /// <param name="pool">Gives segments to join records in and to write passes.</param>
    /// <param name="store">Where passes and large records go.</param>
    /// <param name="combiner">Folds equal keys in passes; null keeps all records.</param>
    /// <param name="cancellation">Ends waiting and merging.</param>
    /// <param name="codec">Compresses what passes write; null stores it as it is. Sources may be compressed anyway.</param>
    public RunMerger(
        IReadOnlyList<IBlockSource> sources,
        int fanIn,
        IBufferPool pool,
        ISpillStore store,
        Combiner? combiner,
        CancellationToken cancellation,
        IBlockCodec? codec = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 2);
        _pool = pool;
        _store = store;
        _combiner = combiner;
        _cancellation = cancellation;
        _codec = codec;
        _largeRecords = new LargeRecords(store);
        _sourceSums = new RecordSum[sources.Count];
        _inputs = [.. sources.Select((source, index) => new MergeInput(source, index, null))];
        long start = Stopwatch.GetTimestamp();
        try
        {
            MergeDownTo(fanIn);
        }
        catch
        {
            DisposePasses();
            _largeRecords.Dispose();
            throw;
        }

        PassTime = PassCount == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start);
        _last = Open(_inputs);
    }

    /// <summary>Passes that wrote records once more before the last merge.</summary>
    public int PassCount { get; private set; }

    /// <summary>Bytes those passes wrote.</summary>
    public long RewrittenBytes { get; private set; }

    /// <summary>Time those passes took, waiting for the sources included.</summary>
    public TimeSpan PassTime { get; }

    public ReadOnlySpan<byte> Record => _last.Record;

    public int KeyLength => _last.KeyLength;

    public bool MoveNext() => _last.MoveNext();

    /// <summary>Sums of the records read from each source, in the order of the sources; whole after the last record.</summary>
    public RecordSum[] SourceSums()
    {
        KeepSums(_inputs, _last);
        return _sourceSums;
    }

    public void Dispose()
    {
        _last.Dispose();
        DisposePasses();
        _largeRecords.Dispose();
    }

    private void MergeDownTo(int fanIn)
    {
        int rest = (_inputs.Count - 1) % (fanIn - 1);
        int width = rest == 0 ? fanIn : rest + 1;
        for (int start = 0; _inputs.Count > fanIn; width = fanIn)
        {
            start = start + width <= _inputs.Count ? start : 0;
            List<MergeInput> neighbours = _inputs.GetRange(start, width);
            SortedRun run = MergePass(neighbours);
            neighbours.ForEach(input => input.Run?.Dispose());
            _inputs.RemoveRange(start, width);
            RunBlockSource source = new(run, 0, _pool, _cancellation);
            _inputs.Insert(start, new MergeInput(source, MergeInput.NoSource, run));
            start++;
        }
    }

    private SortedRun MergePass(List<MergeInput> inputs)
    {
        NetworkBuffer buffer = _pool.Request(_cancellation);
        try
        {
            using MergeReader reader = Open(inputs);
            using BlockCompressor? compressor =
                _codec is null ? null : new BlockCompressor(_codec, _pool.Request(_cancellation));
            using SpillFileWriter writer = new(_store, "merge", [buffer], new PartitionTable(new RecordSum[1]), compressor);
            if (_combiner is not null && inputs.Count >= 3)
            {
                MergeGroup group = new(reader);
                while (group.NextGroup())
                {
                    _cancellation.ThrowIfCancellationRequested();
                    _combiner.Combine(group, writer.Blocks);
                }
            }
            else
            {
                while (reader.MoveNext())
                {
                    _cancellation.ThrowIfCancellationRequested();
                    writer.Blocks.Append(reader.Record, reader.KeyLength);
                }
            }

            SortedRun run = writer.Finish();
            KeepSums(inputs, reader);
            PassCount++;
            RewrittenBytes += writer.Length;
            return run;
        }
        finally
        {
            buffer.Release();
        }
    }

    private MergeReader Open(List<MergeInput> inputs) =>
        new([.. inputs.Select(input => new RunCursor(input.Source, _pool, _largeRecords, _cancellation))]);

    private void KeepSums(List<MergeInput> inputs, MergeReader reader)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].SourceIndex != MergeInput.NoSource)
            {
                _sourceSums[inputs[i].SourceIndex] = reader.Cursors[i].Sum;
            }
        }
    }

    private void DisposePasses() => _inputs.ForEach(input => input.Run?.Dispose());

    /// <summary>A run to merge: one of the sources, or what a pass made.</summary>
    private sealed record MergeInput(IBlockSource Source, int SourceIndex, SortedRun? Run)
    {
        public const int NoSource = -1;
    }
}
