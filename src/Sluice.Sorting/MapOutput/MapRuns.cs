using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Observability;

namespace Sluice.Sorting;

/// <summary>
/// Makes sorted runs of a ring's fills, in memory while there is room and in files from then on, and keeps them until
/// they are taken.
/// </summary>
/// <remarks>Ownership: the runs are this object's until <see cref="Take"/>. Threading: one call at a time; the
/// spiller's thread and the collector's take turns, the collector only while the spiller is idle, but for
/// <see cref="Sort"/>, which may go on beside any other call.</remarks>
internal sealed class MapRuns : IDisposable
{
    // A run in memory has a place for each partition on the managed heap, which must stay small beside the run.
    private const long BytesPerPartition = 64;
    private const long LeastPerHeapByte = 16;

    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly FillWriter _writer;
    private readonly WriteMemory _memory;
    private readonly PartitionTable _table;
    private readonly int _segmentSize;
    private readonly List<SortedRun> _runs = [];
    private int _keepLeft;
    private long _sortTicks;
    private long _writeTicks;
    private long _spilledBytes;

    public MapRuns(IBufferPool pool, ISpillStore store, MapOutputOptions options, CancellationToken cancellationToken)
    {
        _pool = pool;
        _store = store;
        _segmentSize = options.SegmentSize;
        _keepLeft = options.KeepSegments;
        _writer = new FillWriter(options.Combiner, options.KeyComparison);
        Sums = new RecordSum[options.Partitions];
        _table = new PartitionTable(Sums);
        _memory = new WriteMemory(pool, options.WriteSegments, options.Codec, cancellationToken);
    }

    /// <summary>Per partition, what was written to the runs so far.</summary>
    public RecordSum[] Sums { get; }

    /// <summary>Runs written to files.</summary>
    public int Spills { get; private set; }

    /// <summary>Bytes of those files; may be asked for by any thread.</summary>
    public long SpilledBytes => Interlocked.Read(ref _spilledBytes);

    public TimeSpan SortTime => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _sortTicks));

    public TimeSpan WriteTime => Stopwatch.GetElapsedTime(0, _writeTicks);

    /// <summary>Sorts a fill that is not sorted yet.</summary>
    public void Sort(RingFill fill)
    {
        if (fill.IsSorted)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        _writer.Sort(fill);
        fill.IsSorted = true;
        Interlocked.Add(ref _sortTicks, Stopwatch.GetTimestamp() - start);
    }

    /// <summary>Makes a run of a fill: in memory while what may be kept has room for it, else in a file.</summary>
    public void Add(RingFill fill) => Add(fill, _keepLeft);

    /// <summary>
    /// Makes a run of the last fill: as of any other, but the only run may have all that the pool has beside the ring.
    /// </summary>
    /// <remarks>Where there are others they may have to be merged, in what the ring gives back.</remarks>
    public void AddLast(RingFill fill) => Add(fill, _runs.Count == 0 ? int.MaxValue : _keepLeft);

    /// <summary>Streams one record into a run of its own.</summary>
    public void WriteLarge(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        using SpillFileWriter writer = OpenFile("large");
        writer.MoveTo(partition);
        writer.Blocks.Append(key, value);
        _runs.Add(writer.Finish());
        CountFile(writer);
    }

    /// <summary>The runs, which are the caller's from now on.</summary>
    public SortedRun[] Take()
    {
        SortedRun[] runs = [.. _runs];
        _runs.Clear();
        return runs;
    }

    /// <summary>Deletes runs that nobody took, and gives the memory to write with back.</summary>
    public void Dispose()
    {
        _runs.ForEach(run => run.Dispose());
        _runs.Clear();
        _memory.Dispose();
    }

    private SpillFileWriter OpenFile(string hint) => new(_store, hint, _memory, _table);

    private void CountFile(SpillFileWriter writer)
    {
        Interlocked.Add(ref _spilledBytes, writer.Length);
        Spills++;
    }

    private void Add(RingFill fill, int segments)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        Sort(fill);
        if (!TryKeep(fill, segments))
        {
            Spill(fill, start);
        }
    }

    private bool TryKeep(RingFill fill, int segments)
    {
        if (_runs.Count > 0 && Sums.Length * BytesPerPartition > fill.DataLength / LeastPerHeapByte)
        {
            return false;
        }

        using MemoryRunWriter? writer = MemoryRunWriter.TryCreate(
            _pool, _segmentSize, Sums, fill.Count, fill.DataLength, segments);
        if (writer is null)
        {
            return false;
        }

        try
        {
            Write(fill, writer);
        }
        catch (MemoryRunFullException)
        {
            // A combiner wrote more than it read. Nothing was added to the sums: the fill can be written again.
            return false;
        }

        _keepLeft -= writer.HeldSegments;
        return true;
    }

    // A spill begins with its sort.
    private void Spill(RingFill fill, DateTimeOffset start)
    {
        using Activity? span = TaskSpans.Begin(SpanNames.Spill, since: start);
        using SpillFileWriter writer = OpenFile("spill");
        Write(fill, writer);
        CountFile(writer);
        span?.SetTag(AttributeNames.Records, fill.Count).SetTag(AttributeNames.Bytes, writer.Length);
    }

    private void Write(RingFill fill, RunWriter writer)
    {
        long start = Stopwatch.GetTimestamp();
        _writer.Write(fill, writer);
        _runs.Add(writer.Finish());
        _writeTicks += Stopwatch.GetTimestamp() - start;
    }
}
