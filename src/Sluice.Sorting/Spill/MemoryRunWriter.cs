using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Builds a run in pool segments that are all reserved before the first record.</summary>
/// <remarks>
/// A combiner may write more than it read; then more segments are asked for, as far as that is allowed, but never
/// waited for.
/// </remarks>
internal sealed class MemoryRunWriter : RunWriter
{
    // A rest of a segment smaller than this is not worth a block of its own.
    private const int SmallestBlock = 4 * BlockFormat.HeaderSize;

    private readonly IBufferPool _pool;
    private readonly RecordSum[] _sums;
    private readonly List<NetworkBuffer> _segments;
    private readonly List<BlockPlace> _blocks = [];
    private readonly int _most;
    private int _used;
    private int _offset;
    private long _length;

    private MemoryRunWriter(IBufferPool pool, List<NetworkBuffer> segments, int most, RecordSum[] sums)
        : base(new PartitionTable(new RecordSum[sums.Length]), compressor: null)
    {
        _pool = pool;
        _sums = sums;
        _segments = segments;
        _most = most;
    }

    /// <summary>Segments of the finished run.</summary>
    public int HeldSegments { get; private set; }

    /// <summary>Reserves room for a run, or tells that there is none.</summary>
    /// <param name="pool">Where the segments come from; never waited for.</param>
    /// <param name="segmentSize">Bytes of one segment.</param>
    /// <param name="sums">Per partition; what is written is added when the run is finished.</param>
    /// <param name="records">How many records will come at the most.</param>
    /// <param name="bytes">Their keys and values, at the most.</param>
    /// <param name="most">Segments it may have.</param>
    public static MemoryRunWriter? TryCreate(
        IBufferPool pool, int segmentSize, RecordSum[] sums, long records, long bytes, int most)
    {
        // Each segment may lose a small rest and a block's header, each partition one more header.
        int payload = segmentSize - SmallestBlock - BlockFormat.HeaderSize;
        if (payload <= 0)
        {
            return null;
        }

        long stream =
            bytes + (records * BlockFormat.MaximumRecordHeader) + ((long)sums.Length * BlockFormat.HeaderSize);
        long needed = 1 + (stream / payload);
        if (needed > Math.Min(most, pool.Available))
        {
            return null;
        }

        List<NetworkBuffer> segments = new((int)needed);
        for (int i = 0; i < needed; i++)
        {
            if (!pool.TryRequest(out NetworkBuffer buffer))
            {
                segments.ForEach(reserved => reserved.Release());
                return null;
            }

            segments.Add(buffer);
        }

        return new MemoryRunWriter(pool, segments, most, sums);
    }

    /// <inheritdoc/>
    /// <exception cref="MemoryRunFullException">There is no room left; nothing was added to the sums.</exception>
    public override (MemorySegment Segment, int Offset, int Size) Open()
    {
        MemorySegment segment = _segments[_used].Segment;
        if (segment.Size - _offset < SmallestBlock)
        {
            _used++;
            _offset = 0;
            if (_used == _segments.Count)
            {
                _segments.Add(_used < _most && _pool.TryRequest(out NetworkBuffer more)
                    ? more
                    : throw new MemoryRunFullException());
            }

            segment = _segments[_used].Segment;
        }

        return (segment, _offset, segment.Size - _offset);
    }

    public override void Close(int length)
    {
        _blocks.Add(new BlockPlace(_used, _offset, length, _length));
        _offset += length;
        _length += length;
    }

    /// <summary>Gives back what no run took over.</summary>
    public override void Dispose()
    {
        _segments.ForEach(segment => segment.Release());
        _segments.Clear();
    }

    protected override SortedRun Complete()
    {
        for (int partition = 0; partition < _sums.Length; partition++)
        {
            _sums[partition] += Table.Sums[partition];
        }

        int held = _offset > 0 ? _used + 1 : _used;
        MemoryRun run = new(_segments.GetRange(0, held).ToArray(), [.. _blocks], Table.Ranges);
        _segments.RemoveRange(0, held);
        HeldSegments = held;
        return run;
    }
}

/// <summary>A combiner wrote more than there is room for in memory; the run must go to a file.</summary>
internal sealed class MemoryRunFullException : Exception;
