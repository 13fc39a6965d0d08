using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Buffers;
using Sluice.Observability;

namespace Sluice.Sorting;

/// <summary>Merges sorted runs of one partition into one sequence of records.</summary>
/// <remarks>
/// When there are more runs than the fan-in, runs are first merged into fewer, as <see cref="MergePlan"/> says, the
/// empty ones left out; into memory while there is room for them, then into files. With a combiner, passes over three
/// runs or more fold equal keys. Ownership: takes the sources as they are and releases every block it took. Threading:
/// one thread.
/// </remarks>
public sealed class RunMerger : IRecordReader, IDisposable
{
    /// <summary>
    /// Segments a source needs while it is merged: its block and one to join a record that crosses blocks.
    /// </summary>
    public const int SegmentsPerSource = 2;

    /// <summary>One more for each source, and for a pass, where blocks are compressed.</summary>
    public const int SegmentsPerCodec = 1;

    /// <summary>Segments a pass needs besides its sources': one to build blocks in.</summary>
    public const int SegmentsPerPass = 1;

    /// <summary>Fewer runs are not combined again: each has been already, and too little would be saved.</summary>
    internal const int FewestToCombine = 3;

    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly Combiner? _combiner;
    private readonly IBlockCodec? _codec;
    private readonly KeyComparison? _comparison;
    private readonly CancellationToken _cancellation;
    private readonly LargeRecords _largeRecords;
    private readonly RecordSum[] _sourceSums;
    private readonly List<MergeInput> _inputs;
    private readonly MergeReader _last;
    private int _memorySegments;

    /// <param name="sources">Sorted runs, in the order that decides ties.</param>
    /// <param name="fanIn">How many runs may be open at once, at least 2.</param>
    /// <param name="pool">Gives segments to join records in and to write passes.</param>
    /// <param name="store">Where passes and large records go.</param>
    /// <param name="combiner">Folds equal keys in passes; null keeps all records.</param>
    /// <param name="cancellation">Ends waiting and merging.</param>
    /// <param name="comparison">Orders keys; null compares them as bytes. The sources must be in its order.</param>
    /// <param name="codec">Compresses what passes write; null stores it as it is. Sources may be compressed
    /// anyway.</param>
    /// <param name="memorySegments">Segments that runs made by passes may keep, besides those of the fan-in; what does
    /// not fit goes to the store.</param>
    public RunMerger(
        IReadOnlyList<IBlockSource> sources,
        int fanIn,
        IBufferPool pool,
        ISpillStore store,
        Combiner? combiner,
        CancellationToken cancellation,
        IBlockCodec? codec = null,
        KeyComparison? comparison = null,
        int memorySegments = 0)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 2);
        _pool = pool;
        _store = store;
        _combiner = combiner;
        _cancellation = cancellation;
        _codec = codec;
        _memorySegments = memorySegments;
        _comparison = comparison;
        _largeRecords = new LargeRecords(store);
        _sourceSums = new RecordSum[sources.Count];
        _inputs = [.. sources.Select((source, index) => new MergeInput(source, index, null))];
        long start = Stopwatch.GetTimestamp();
        try
        {
            MergeDownTo(fanIn);
            PassTime = PassCount == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start);
            _last = Open(_inputs);
        }
        catch
        {
            DisposePasses();
            _largeRecords.Dispose();
            throw;
        }
    }

    /// <summary>Passes that wrote records once more before the last merge.</summary>
    public int PassCount { get; private set; }

    /// <summary>Bytes those passes wrote to files; what fitted the memory was not.</summary>
    public long RewrittenBytes { get; private set; }

    /// <summary>Records that those passes gave to the combiner, and took from it.</summary>
    public CombineCount Combined { get; private set; }

    /// <summary>Time those passes took, waiting for the sources included.</summary>
    public TimeSpan PassTime { get; }

    public ReadOnlySpan<byte> Record => _last.Record;

    public int KeyLength => _last.KeyLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext() => _last.MoveNext();

    /// <summary>
    /// Sums of the records read from each source, in the order of the sources; whole after the last record.
    /// </summary>
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
        if (_inputs.Count <= fanIn)
        {
            return;
        }

        // Sources without a record need not be opened; what is known of them, nothing, is their sum.
        _inputs.ForEach(input => input.Blocks = input.Source.CountBlocks());
        _inputs.RemoveAll(input => input.Blocks == 0);
        while (_inputs.Count > fanIn)
        {
            int width = MergePlan.Width(_inputs.Count, fanIn);
            int start = MergePlan.SmallestNeighbours([.. _inputs.Select(input => input.Blocks)], width);
            List<MergeInput> neighbours = _inputs.GetRange(start, width);
            SortedRun run = MergePass(neighbours);
            neighbours.ForEach(Close);
            _inputs.RemoveRange(start, width);
            RunBlockSource source = new(run, 0, _pool, _cancellation);
            MergeInput merged = new(source, MergeInput.NoSource, run);
            _inputs.Insert(start, merged);
            merged.Blocks = source.CountBlocks();
        }
    }

    private SortedRun MergePass(List<MergeInput> inputs)
    {
        using Activity? span = TaskSpans.Begin(SpanNames.Merge);
        PartitionTable table = new(new RecordSum[1]);
        NetworkBuffer first = _pool.Request(_cancellation);
        using SpillingRunWriter writer = OpenWriter(first, table, out BlockCompressor? compressor);
        using (compressor)
        using (MergeReader reader = Open(inputs))
        {
            Combiner? combiner = inputs.Count >= FewestToCombine ? _combiner : null;
            long read = RecordCopier.Copy(reader, combiner, _comparison, writer.Blocks, _cancellation);
            SortedRun run = writer.Finish();
            KeepSums(inputs, reader);
            if (combiner is not null)
            {
                Combined += new CombineCount(read, table.Sums[0].Count);
            }

            PassCount++;
            RewrittenBytes += writer.FileLength;
            span?.SetTag(AttributeNames.Runs, inputs.Count)
                .SetTag(AttributeNames.Records, table.Sums[0].Count)
                .SetTag(AttributeNames.Bytes, writer.FileLength);
            _memorySegments -= SegmentsOf(run);
            return run;
        }
    }

    private SpillingRunWriter OpenWriter(NetworkBuffer first, PartitionTable table, out BlockCompressor? compressor)
    {
        try
        {
            compressor = _codec is null ? null : new BlockCompressor(_codec, _pool.Request(_cancellation));
        }
        catch
        {
            first.Release();
            throw;
        }

        return new SpillingRunWriter(_store, "merge", _pool, first, _memorySegments, table, compressor);
    }

    private static int SegmentsOf(SortedRun? run) => run is MemoryRun memory ? memory.SegmentCount : 0;

    private void Close(MergeInput input)
    {
        _memorySegments += SegmentsOf(input.Run);
        input.Run?.Dispose();
    }

    private MergeReader Open(List<MergeInput> inputs)
    {
        inputs.ForEach(input => input.Source.Prepare());
        return new MergeReader(
            [.. inputs.Select(input => new RunCursor(input.Source, _pool, _largeRecords, _cancellation))], _comparison);
    }

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

        /// <summary>How large it is, when there are so many that some must be chosen.</summary>
        public long Blocks { get; set; }
    }
}
