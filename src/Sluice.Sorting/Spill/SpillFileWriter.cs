using System.Diagnostics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Writes one run to a file, through a few segments of the task's pool.</summary>
/// <remarks>
/// Blocks are laid behind each other in the segments, and all segments are written at once. A partition of many pages is
/// followed by zeros up to the next page. Few large writes of whole pages leave the kernel large pieces of its cache,
/// which cost less to take, and to give back, than single pages. The index and the trailer are written at the end.
/// </remarks>
internal sealed class SpillFileWriter : RunWriter
{
    private const int PageSize = 4096;

    // The end of a partition smaller than this is not filled up: the zeros would be more than 2 % of it.
    private const int SmallestFilledUp = 64 * PageSize;

    private readonly IStoredFile _stream;
    private readonly NetworkBuffer[] _segments;
    private readonly int _segmentSize;
    private readonly List<ReadOnlyMemory<byte>> _pieces;
    private long _written;
    private int _filled;
    private bool _finished;

    /// <param name="store">Where the file is made.</param>
    /// <param name="hint">Goes into the file's name.</param>
    /// <param name="segments">To build blocks in, at least one; the caller keeps owning them.</param>
    /// <param name="table">What is written is added to its sums; its ranges are used until Finish.</param>
    /// <param name="compressor">Makes blocks smaller; null stores them as they are.</param>
    public SpillFileWriter(
        ISpillStore store, string hint, NetworkBuffer[] segments, PartitionTable table, BlockCompressor? compressor = null)
        : base(table, compressor)
    {
        Debug.Assert(segments.Length > 0, "A block is built somewhere.");
        _stream = store.Create(hint);
        _segments = segments;
        _segmentSize = segments[0].Segment.Size;
        _pieces = new List<ReadOnlyMemory<byte>>(segments.Length);
    }

    /// <summary>Bytes of the file so far, those not written yet included.</summary>
    public long Length => _written + Pending + _filled;

    public override (MemorySegment Segment, int Offset, int Size) Open()
    {
        // The rest of a segment takes a block only when that is not much shorter than one in a segment of its own.
        if (_segmentSize - _filled < _segmentSize / 2)
        {
            EndSegment();
        }

        return (Current, _filled, _segmentSize - _filled);
    }

    public override void Close(int length) => _filled += length;

    public override void Dispose()
    {
        if (!_finished)
        {
            _stream.Dispose();
        }
    }

    protected override long EndPartition(long start, long length)
    {
        int rest = (int)(-(start + length) & (PageSize - 1));
        if (length < SmallestFilledUp || rest > _segmentSize - _filled)
        {
            return start + length;
        }

        Current.Slice(_filled, rest).Clear();
        _filled += rest;
        return start + length + rest;
    }

    protected override SortedRun Complete()
    {
        EndSegment();
        Flush();
        (SpillIndex index, _written) = SpillIndex.Write(_stream, _written, Table.Ranges);
        _finished = true;
        return new SpillFile(_stream, index);
    }

    private MemorySegment Current => _segments[_pieces.Count].Segment;

    private long Pending => _pieces.Sum(piece => (long)piece.Length);

    private void EndSegment()
    {
        if (_filled > 0)
        {
            _pieces.Add(Current.Memory[.._filled]);
            _filled = 0;
        }

        if (_pieces.Count == _segments.Length)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_pieces.Count > 0)
        {
            _stream.Write(_pieces, _written);
            _written += Pending;
            _pieces.Clear();
        }
    }
}
