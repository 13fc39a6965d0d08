using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Collects records of one map attempt in a ring and spills them, sorted, in the background.</summary>
/// <remarks>
/// Collector and spiller share the ring: what is being spilled, what is to be spilled, and what is free. When the part
/// to be spilled passes the threshold and the spiller is idle, it gets that part; the collector goes on in the rest and
/// waits only when the ring is full. A record larger than the ring becomes a run of its own. Output that never spilled
/// stays in memory where there is room for its blocks beside the ring.
/// Ownership: the ring's segments come from, and go back to, the task's pool; the runs belong to whoever takes them
/// from <see cref="Finish"/>. Threading: one collecting thread; the spiller is the buffer's own.
/// </remarks>
public sealed class MapOutputBuffer : IDisposable
{
    private readonly IBufferPool _pool;
    private readonly ISpillStore _store;
    private readonly MapOutputOptions _options;
    private readonly RecordRing _ring;
    private readonly FillWriter _writer;
    private readonly BackgroundSpiller _spiller;
    private readonly NetworkBuffer[] _writeSegments;
    private readonly BlockCompressor? _compressor;
    private readonly int _thresholdSegments;
    private readonly long _largestInRing;
    private readonly CancellationToken _cancellation;

    // Written by the spill at hand, read by the collector when the spiller is idle.
    private readonly List<SortedRun> _runs = [];
    private readonly RecordSum[] _sums;
    private readonly PartitionTable _table;
    private long _spilledBytes;
    private long _sortTicks;
    private long _spillTicks;
    private int _spills;

    // Segments the ring holds: taken by the collector, given back by the spiller.
    private int _heldSegments;

    // The collector's own.
    private long _firstRecord;
    private int _fillSegments;
    private long _recordStart;
    private long _bytes;
    private long _largeRecords;
    private long _blockedTicks;
    private bool _closed;
    private bool _released;

    /// <param name="pool">The task's pool; it must grant the ring's segments and those to write from.</param>
    /// <param name="store">Where runs go that do not stay in memory.</param>
    /// <param name="options">Validated here.</param>
    /// <param name="cancellationToken">Ends waiting for memory.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public MapOutputBuffer(
        IBufferPool pool, ISpillStore store, MapOutputOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _pool = pool;
        _store = store;
        _options = options;
        _sums = new RecordSum[options.Partitions];
        _table = new PartitionTable(_sums);
        _ring = new RecordRing(options.SegmentSize, options.MaximumSegments);
        _writer = new FillWriter(options.Combiner);
        _spiller = new BackgroundSpiller(Spill);
        _thresholdSegments = Math.Max(1, (int)(options.MaximumSegments * options.SpillThreshold));

        // What is left when each of the four levels shares a segment with the fill before and has one of its own.
        _largestInRing = (options.MaximumSegments - 8) / 2 * (long)options.SegmentSize;
        _cancellation = cancellationToken;
        _writeSegments = RequestWriteSegments(options.WriteSegments);
        _compressor = options.Codec is null ? null : RequestCompressor(options.Codec);
    }

    /// <summary>Records collected so far.</summary>
    public long RecordCount => _ring.RecordCount + _largeRecords;

    /// <summary>Bytes written to spill files so far.</summary>
    public long SpilledBytes => Interlocked.Read(ref _spilledBytes);

    /// <summary>Takes one record.</summary>
    /// <param name="partition">Which partition it belongs to.</param>
    /// <param name="key">Compared as unsigned bytes; may be empty.</param>
    /// <param name="value">May be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition; nothing was written.</exception>
    /// <exception cref="RecordTooLargeException">The record is longer than the options allow.</exception>
    /// <exception cref="IOException">An earlier spill failed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if ((uint)partition >= (uint)_options.Partitions || _closed)
        {
            ThrowCannotCollect(partition);
        }

        long length = (long)key.Length + value.Length;
        if (length > _largestInRing)
        {
            CollectLarge(partition, key, value);
            return;
        }

        SegmentRing data = _ring.Data;
        _recordStart = data.Head;
        if (key.Length > data.Room && key.Length <= data.SegmentSize)
        {
            // The key would cross the segment's end: the rest of the segment stays a gap.
            data.Advance(data.Room);
        }

        if (data.Room == 0)
        {
            AddSegment(data);
        }

        long keyStart = data.Head;
        Write(data, key);
        Write(data, value);
        AddEntry(partition, KeyPrefix.Of(key), new RecordPosition(keyStart, keyStart + key.Length, data.Head));
        _bytes += length;
    }

    /// <summary>Ends collecting: waits for the spiller, sorts and keeps or writes the rest.</summary>
    /// <returns>The runs, which the caller owns from now on.</returns>
    public MapOutput Finish()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _closed = true;
        WaitForSpiller();
        RingFill rest = TakeFill();
        if (rest.Count > 0 && (_runs.Count > 0 || !TryKeepInMemory(rest)))
        {
            Spill(rest);
        }

        _heldSegments -= _ring.ReleaseAll();
        MapOutputCounters counters = new(
            RecordCount,
            _bytes,
            _spills,
            _spilledBytes,
            Stopwatch.GetElapsedTime(0, _sortTicks),
            Stopwatch.GetElapsedTime(0, _spillTicks),
            Stopwatch.GetElapsedTime(0, _blockedTicks));
        MapOutput output = new([.. _runs], _sums, counters);
        _runs.Clear();
        return output;
    }

    /// <summary>Ends the spiller and gives all memory back; runs that nobody took are deleted.</summary>
    public void Dispose()
    {
        _closed = true;
        _spiller.Dispose();
        _runs.ForEach(run => run.Dispose());
        _runs.Clear();
        _ring.ReleaseAll();
        if (!_released)
        {
            _released = true;
            _compressor?.Dispose();
            Release(_writeSegments);
        }
    }

    private NetworkBuffer[] RequestWriteSegments(int count)
    {
        NetworkBuffer[] segments = new NetworkBuffer[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                segments[i] = _pool.Request(_cancellation);
            }
        }
        catch
        {
            Release(segments);
            throw;
        }

        return segments;
    }

    private BlockCompressor RequestCompressor(IBlockCodec codec)
    {
        try
        {
            return new BlockCompressor(codec, _pool.Request(_cancellation));
        }
        catch
        {
            Release(_writeSegments);
            throw;
        }
    }

    private static void Release(NetworkBuffer[] segments)
    {
        foreach (NetworkBuffer segment in segments)
        {
            if (segment.IsLive)
            {
                segment.Release();
            }
        }
    }

    private void Write(SegmentRing data, ReadOnlySpan<byte> bytes)
    {
        int written = data.Write(bytes);
        while (written < bytes.Length)
        {
            AddSegment(data);
            written += data.Write(bytes[written..]);
        }
    }

    private unsafe void AddEntry(int partition, ulong prefix, RecordPosition position)
    {
        SegmentRing entries = _ring.Entries;
        if (entries.Room == 0)
        {
            AddSegment(entries);
            AddSegment(_ring.Scratch);
        }

        SegmentRing positions = _ring.Positions;
        if (positions.Room == 0)
        {
            AddSegment(positions);
        }

        *(RecordPosition*)positions.AddressOf(positions.Head) = position;
        RecordEntry* entry = (RecordEntry*)entries.AddressOf(entries.Head);
        entry->Prefix = prefix;
        entry->Partition = partition;
        entry->Number = (uint)(_ring.RecordCount - _firstRecord);
        positions.Advance(RecordPosition.Size);
        _ring.Scratch.Advance(RecordEntry.Size);
        entries.Advance(RecordEntry.Size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSegment(SegmentRing level)
    {
        NetworkBuffer buffer;
        while (!TryTakeSegment(out buffer))
        {
            if (_spiller.IsBusy)
            {
                WaitForSpiller();
            }
            else if (_ring.RecordCount > _firstRecord)
            {
                StartSpill();
            }
            else
            {
                // Nothing to spill and nothing being spilled: others hold what this task could use.
                buffer = RequestSegment();
                break;
            }
        }

        level.AddSegment(buffer);
        _fillSegments++;
        if (_fillSegments >= _thresholdSegments && _ring.RecordCount > _firstRecord && !_spiller.IsBusy)
        {
            StartSpill();
        }
    }

    private bool TryTakeSegment(out NetworkBuffer buffer)
    {
        buffer = default;
        if (Volatile.Read(ref _heldSegments) >= _options.MaximumSegments)
        {
            return false;
        }

        if (_pool.TryRequest(out buffer))
        {
            Interlocked.Increment(ref _heldSegments);
            return true;
        }

        // Below its minimum the task does not spill for others: the pool reclaims what it lent them.
        if (_pool.Lent < _pool.Minimum)
        {
            buffer = RequestSegment();
            return true;
        }

        return false;
    }

    private NetworkBuffer RequestSegment()
    {
        NetworkBuffer buffer = _pool.Request(_cancellation);
        Interlocked.Increment(ref _heldSegments);
        return buffer;
    }

    private void StartSpill() => _spiller.Start(TakeFill());

    // The records collected since the last fill; a record that is being written stays behind.
    private RingFill TakeFill()
    {
        long dataEnd = _closed ? _ring.Data.Head : _recordStart;
        RingFill fill = new(_ring, _firstRecord, _ring.RecordCount, dataEnd);
        _firstRecord = fill.EndRecord;
        _fillSegments = 0;
        return fill;
    }

    private void WaitForSpiller()
    {
        long start = Stopwatch.GetTimestamp();
        _spiller.WaitUntilIdle();
        _blockedTicks += Stopwatch.GetTimestamp() - start;
    }

    private void Spill(RingFill fill)
    {
        Sort(fill);
        using SpillFileWriter writer = new(_store, "spill", _writeSegments, _table, _compressor);
        Write(fill, writer);
        _spilledBytes += writer.Length;
        _spills++;
        Interlocked.Add(ref _heldSegments, -_ring.Release(fill));
    }

    private bool TryKeepInMemory(RingFill fill)
    {
        using MemoryRunWriter? writer =
            MemoryRunWriter.TryCreate(_pool, _options.SegmentSize, _sums, fill.Count, _bytes);
        if (writer is null)
        {
            return false;
        }

        Sort(fill);
        try
        {
            Write(fill, writer);
        }
        catch (MemoryRunFullException)
        {
            return false;
        }

        return true;
    }

    private void Sort(RingFill fill)
    {
        long start = Stopwatch.GetTimestamp();
        FillWriter.Sort(fill);
        _sortTicks += Stopwatch.GetTimestamp() - start;
    }

    private void Write(RingFill fill, RunWriter writer)
    {
        long start = Stopwatch.GetTimestamp();
        _writer.Write(fill, writer);
        _runs.Add(writer.Finish());
        _spillTicks += Stopwatch.GetTimestamp() - start;
    }

    // A record larger than the ring: what came before it is spilled, then the record is streamed into its own run.
    private void CollectLarge(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        long length = (long)key.Length + value.Length;
        if (length > _options.LargestRecord)
        {
            throw new RecordTooLargeException(length, _options.LargestRecord);
        }

        _recordStart = _ring.Data.Head;
        WaitForSpiller();
        if (_ring.RecordCount > _firstRecord)
        {
            StartSpill();
            WaitForSpiller();
        }

        using SpillFileWriter writer = new(_store, "large", _writeSegments, _table, _compressor);
        writer.MoveTo(partition);
        writer.Blocks.Append(key, value);
        _runs.Add(writer.Finish());
        _spilledBytes += writer.Length;
        _spills++;
        _largeRecords++;
        _bytes += length;
    }

    private void ThrowCannotCollect(int partition)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        throw new ArgumentOutOfRangeException(
            nameof(partition), partition, $"A record belongs to a partition from 0 to {_options.Partitions - 1}.");
    }
}
