using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Collects records of one map attempt in a ring and spills them, sorted, in the background.</summary>
/// <remarks>
/// Collector and spiller share the ring: what is being spilled, what is to be spilled, and what is free. When the part
/// to be spilled passes the threshold and the spiller is idle, it gets that part; the collector goes on in the rest and
/// waits only when the ring is full, sorting meanwhile what it has got. A record larger than the ring becomes a run of
/// its own. Runs stay in memory while there is room for their blocks beside the ring.
/// Ownership: the ring's segments come from, and go back to, the task's pool; the runs belong to whoever takes them
/// from <see cref="Finish"/>. Threading: one collecting thread; the spiller is the buffer's own.
/// </remarks>
public sealed class MapOutputBuffer : IDisposable
{
    private readonly MapOutputOptions _options;
    private readonly MapRuns _runs;
    private readonly RingCollector _ring;
    private readonly RecordBuilder _record;
    private readonly KeyComparison? _comparison;
    private int _partition;
    private long _bytes;
    private long _largeRecords;
    private bool _closed;

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
        _options = options;
        _comparison = options.KeyComparison;
        _runs = new MapRuns(pool, store, options, cancellationToken);
        _ring = new RingCollector(pool, options, _runs.Sort, _runs.Add, cancellationToken);
        _record = new RecordBuilder(_ring, options.LargestRecord);
    }

    /// <summary>Records collected so far.</summary>
    public long RecordCount => _ring.Ring.EndRecord.Value + _largeRecords;

    /// <summary>Bytes written to spill files so far.</summary>
    public long SpilledBytes => _runs.SpilledBytes;

    /// <summary>Takes one record.</summary>
    /// <param name="partition">Which partition it belongs to.</param>
    /// <param name="key">Compared as unsigned bytes, or as the options say; may be empty.</param>
    /// <param name="value">May be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition; nothing was written.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was finished or disposed.</exception>
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
        if (length > _ring.LargestRecord)
        {
            CollectLarge(partition, key, value);
            return;
        }

        SegmentRing data = _ring.Ring.Data;
        _ring.BeginRecord();
        if (key.Length > data.Room && key.Length <= data.SegmentSize)
        {
            // The key would cross the segment's end: the rest of the segment stays a gap.
            data.Advance(data.Room);
        }

        if (data.Room == 0)
        {
            _ring.AddSegment(data);
        }

        RingPosition keyStart = data.Head;
        if (!data.TryWrite(key, value))
        {
            Write(data, key);
            Write(data, value);
        }

        _ring.Append(partition, PrefixOf(key), new RecordPosition(keyStart, keyStart + key.Length, data.Head));
        _bytes += length;
    }

    /// <summary>Begins a record in the ring, with its key; <see cref="EndKey"/> follows.</summary>
    /// <remarks>The record counts from <see cref="EndRecord"/> on; <see cref="AbandonRecord"/> forgets it.</remarks>
    /// <exception cref="ObjectDisposedException">The buffer was finished or disposed.</exception>
    /// <exception cref="IOException">An earlier spill failed.</exception>
    public RecordWriter BeginKey()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _record.BeginKey();
    }

    /// <summary>Ends the key; <see cref="BeginValue"/> follows.</summary>
    /// <returns>The key where it lies, for the partitioner; valid until the value is begun.</returns>
    public ReadOnlySpan<byte> EndKey(ref RecordWriter key)
    {
        _record.EndKey(ref key);
        return _record.Key;
    }

    /// <summary>Goes on with the value; <see cref="EndRecord"/> follows.</summary>
    /// <param name="partition">Which partition the record belongs to.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition; the record is forgotten.</exception>
    public RecordWriter BeginValue(int partition)
    {
        if ((uint)partition >= (uint)_options.Partitions)
        {
            _record.GiveUp();
            ThrowCannotCollect(partition);
        }

        _partition = partition;
        return _record.BeginValue();
    }

    /// <summary>Ends the record: it is collected now.</summary>
    /// <exception cref="RecordTooLargeException">The record is longer than the options allow.</exception>
    /// <exception cref="IOException">An earlier spill failed.</exception>
    public void EndRecord(ref RecordWriter value)
    {
        RecordPosition position = _record.EndValue(ref value);
        if (_record.IsBeside)
        {
            Collect(_partition, _record.Key, value.Written);
        }
        else
        {
            _ring.Append(_partition, PrefixOf(_record.Key), position);
            _bytes += position.Length;
        }

        _record.End();
    }

    /// <summary>Forgets the record that was begun: for when its writing has failed.</summary>
    /// <remarks>When it was the ring that failed, inside the writing, that is thrown here: a spill's error, a wait that
    /// was cancelled, a record that became too long.</remarks>
    public void AbandonRecord()
    {
        _record.GiveUp();
        _record.ThrowOwnFailure();
    }

    /// <summary>Ends collecting: waits for the spiller, sorts and keeps or writes the rest.</summary>
    /// <returns>The runs, which the caller owns from now on.</returns>
    public MapOutput Finish()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _closed = true;
        RingFill rest = _ring.TakeRest();
        if (rest.Count > 0)
        {
            _runs.AddLast(rest);
        }

        _ring.ReleaseAll();
        MapOutputCounters counters = new(
            RecordCount,
            _bytes,
            _runs.Spills,
            _runs.SpilledBytes,
            _runs.SortTime,
            _runs.WriteTime,
            _ring.BlockedTime);
        return new MapOutput(_runs.Take(), _runs.Sums, counters);
    }

    /// <summary>Ends the spiller and gives all memory back; runs that nobody took are deleted.</summary>
    public void Dispose()
    {
        _closed = true;
        _ring.Dispose();
        _runs.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong PrefixOf(ReadOnlySpan<byte> key) =>
        _comparison is null ? KeyPrefix.Of(key) : _comparison.PrefixOf(key);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(SegmentRing data, ReadOnlySpan<byte> bytes)
    {
        int written = data.Write(bytes);
        while (written < bytes.Length)
        {
            _ring.AddSegment(data);
            written += data.Write(bytes[written..]);
        }
    }

    // A record larger than the ring: what came before it is spilled, then the record is streamed into its own run.
    private void CollectLarge(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        long length = (long)key.Length + value.Length;
        if (length > _options.LargestRecord)
        {
            throw new RecordTooLargeException(length, _options.LargestRecord);
        }

        _ring.SpillAll();
        try
        {
            _runs.WriteLarge(partition, key, value);
        }
        catch (Exception exception)
        {
            _ring.Fail(exception);
            throw;
        }

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
