using System.Diagnostics;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Gathers blocks in a few segments and writes all of them to a file at once.</summary>
/// <remarks>
/// Blocks are laid behind each other in the segments. A partition of many pages is followed by zeros up to the next
/// page: large writes and reads of whole pages can go past the kernel's cache, and leave it large pieces where they do
/// not, which cost less to take, and to give back, than single pages. With a thread to write, a part of the segments
/// is written while another is filled. Threading: one thread; several batches may write to one file.
/// </remarks>
internal sealed class BlockBatch
{
    // The end of a partition smaller than this is not filled up: the zeros would be more than 2 % of it.
    private const int SmallestFilledUp = 64 * StorageFile.PageSize;

    private readonly IStoredFile _file;
    private readonly NetworkBuffer[] _segments;
    private readonly WriteBehind? _behind;
    private readonly int _perWrite;
    private readonly int _segmentSize;
    private readonly Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> _write;

    // Of each set of segments, what was filled; a set is filled again only when it has been written.
    private readonly List<ReadOnlyMemory<byte>>[] _sets;
    private readonly long _start;
    private long _written;
    private int _set;
    private int _filled;

    /// <param name="file">Where blocks go; stays the caller's.</param>
    /// <param name="memory">To build blocks in; stays the caller's, and is one batch's at a time.</param>
    /// <param name="start">Where in the file the first block goes, bytes.</param>
    public BlockBatch(IStoredFile file, WriteMemory memory, long start = 0)
    {
        _file = file;
        _segments = memory.Segments;
        _behind = memory.Behind;
        _write = file.Write;
        _sets = new List<ReadOnlyMemory<byte>>[_behind is null ? 1 : WriteBehind.BatchesOf(_segments.Length)];
        _perWrite = _segments.Length / _sets.Length;
        Debug.Assert(_perWrite > 0, "A block is built somewhere.");
        _segmentSize = _segments[0].Segment.Size;
        for (int set = 0; set < _sets.Length; set++)
        {
            _sets[set] = new List<ReadOnlyMemory<byte>>(_perWrite);
        }

        _start = start;
        _written = start;
    }

    /// <summary>Bytes so far, those not written yet included.</summary>
    public long Length => _written - _start + Pending + _filled;

    /// <summary>The most that a row of partitions can take, whatever their blocks' sizes turn out to be.</summary>
    /// <param name="payload">Bytes of their record streams.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="segmentSize">Bytes of a segment.</param>
    public static long LongestLength(long payload, long partitions, int segmentSize)
    {
        // A block fills half of a segment at the least; only a partition's last one is shorter.
        long blocks = (payload / ((segmentSize / 2) - BlockFormat.HeaderSize)) + partitions;
        long length = payload + (blocks * BlockFormat.HeaderSize);
        return length + (length / SmallestFilledUp * StorageFile.PageSize);
    }

    /// <summary>Room for one block.</summary>
    public (MemorySegment Segment, int Offset, int Size) Open()
    {
        // The rest of a segment takes a block only when that is not much shorter than one in a segment of its own.
        if (_segmentSize - _filled < _segmentSize / 2)
        {
            EndSegment();
        }

        return (Current, _filled, _segmentSize - _filled);
    }

    /// <summary>The block opened last is sealed and <paramref name="length"/> bytes long.</summary>
    public void Close(int length) => _filled += length;

    /// <summary>A partition of <paramref name="length"/> bytes is complete; returns where the next one
    /// starts.</summary>
    public long EndPartition(long start, long length)
    {
        int rest = (int)(-(start + length) & (StorageFile.PageSize - 1));
        if (length < SmallestFilledUp || rest > _segmentSize - _filled)
        {
            return start + length;
        }

        Current.Slice(_filled, rest).Clear();
        _filled += rest;

        // The next one starts in a segment of its own: its blocks fill whole segments, and are read by many at once.
        EndSegment();
        return start + length + rest;
    }

    /// <summary>Writes what was gathered; returns where it ends in the file, bytes.</summary>
    public long Finish()
    {
        EndSegment();
        Flush();
        _behind?.Finish();
        return _written;
    }

    /// <summary>Gives the file up: nothing is at it, or in the segments, any more.</summary>
    public void Abandon()
    {
        _file.GiveUp();
        _behind?.Settle();
    }

    private List<ReadOnlyMemory<byte>> Pieces => _sets[_set];

    private MemorySegment Current => _segments[(_set * _perWrite) + Pieces.Count].Segment;

    private long Pending
    {
        get
        {
            long length = 0;
            foreach (ReadOnlyMemory<byte> piece in Pieces)
            {
                length += piece.Length;
            }

            return length;
        }
    }

    private void EndSegment()
    {
        if (_filled > 0)
        {
            Pieces.Add(Current.Memory[.._filled]);
            _filled = 0;
        }

        if (Pieces.Count == _perWrite)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (Pieces.Count == 0)
        {
            return;
        }

        long offset = _written;
        _written += Pending;
        if (_behind is null)
        {
            _file.Write(Pieces, offset);
        }
        else
        {
            _behind.Start(_write, Pieces, offset);
            _set = (_set + 1) % _sets.Length;
        }

        Pieces.Clear();
    }
}
