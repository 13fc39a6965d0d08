using System.Diagnostics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Builds a run in memory while it fits a budget, and in a file from then on.</summary>
/// <remarks>
/// Takes one segment after the other. When the budget is used up, or the pool has none left, all blocks so far go to a
/// file, and the segments are filled again. Ownership: holds its segments until the run in memory takes them over, or
/// Dispose.
/// </remarks>
internal sealed class SpillingRunWriter : RunWriter
{
    private readonly ISpillStore _store;
    private readonly string _hint;
    private readonly IBufferPool _pool;
    private readonly int _budget;
    private readonly List<NetworkBuffer> _segments = [];
    private readonly List<BlockPlace> _places = [];
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private IStoredFile? _file;
    private int _used;
    private int _filled;
    private long _length;
    private long _written;
    private bool _finished;

    /// <param name="store">Where the file is made, if it must be.</param>
    /// <param name="hint">Goes into the file's name.</param>
    /// <param name="pool">Gives segments; it is never waited for.</param>
    /// <param name="first">The first segment; the writer's from now on.</param>
    /// <param name="budget">Segments a run in memory may keep, the first included; 0 always makes a file.</param>
    /// <param name="table">As for every run.</param>
    /// <param name="compressor">Makes blocks smaller; null stores them as they are.</param>
    public SpillingRunWriter(
        ISpillStore store,
        string hint,
        IBufferPool pool,
        NetworkBuffer first,
        int budget,
        PartitionTable table,
        BlockCompressor? compressor)
        : base(table, compressor)
    {
        _store = store;
        _hint = hint;
        _pool = pool;
        _budget = budget;
        _segments.Add(first);
    }

    /// <summary>Bytes written to the file; 0 for a run in memory.</summary>
    public long FileLength { get; private set; }

    public override (MemorySegment Segment, int Offset, int Size) Open()
    {
        int size = _segments[_used].Segment.Size;
        if (size - _filled < size / 2)
        {
            EndSegment();
            if (_used + 1 < _segments.Count || TryGrow())
            {
                _used++;
            }
            else
            {
                Flush();
            }
        }

        return (_segments[_used].Segment, _filled, size - _filled);
    }

    public override void Close(int length)
    {
        if (_file is null)
        {
            _places.Add(new BlockPlace(_used, _filled, length, _length));
        }

        _filled += length;
        _length += length;
    }

    /// <summary>Gives back what no run took over.</summary>
    public override void Dispose()
    {
        _segments.ForEach(segment => segment.Release());
        _segments.Clear();
        if (!_finished)
        {
            _file?.Dispose();
        }
    }

    protected override SortedRun Complete()
    {
        int held = _filled > 0 ? _used + 1 : _used;
        if (_file is null && held <= _budget)
        {
            MemoryRun run = new([.. _segments.Take(held)], [.. _places], [.. Table.Ranges]);
            _segments.RemoveRange(0, held);
            return run;
        }

        EndSegment();
        Flush();
        (SpillIndex index, FileLength) = SpillIndex.Write(_file!, _written, Table.Ranges);
        _finished = true;
        return new SpillFile(_file!, index);
    }

    private bool TryGrow()
    {
        if (_segments.Count >= _budget || !_pool.TryRequest(out NetworkBuffer more))
        {
            return false;
        }

        _segments.Add(more);
        return true;
    }

    private void EndSegment()
    {
        if (_filled > 0)
        {
            _pieces.Add(_segments[_used].Segment.Memory[.._filled]);
            _filled = 0;
        }
    }

    private void Flush()
    {
        Debug.Assert(_pieces.Count <= _segments.Count, "Each segment is one piece.");
        _file ??= _store.Create(_hint);
        _places.Clear();
        if (_pieces.Count > 0)
        {
            _file.Write(_pieces, _written);
            _written = _length;
            _pieces.Clear();
        }

        _used = 0;
    }
}
