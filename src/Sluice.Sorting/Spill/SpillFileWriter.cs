using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Writes one run to a file, through one segment of the task's pool.</summary>
internal sealed class SpillFileWriter : RunWriter
{
    private readonly IStoredFile _stream;
    private readonly NetworkBuffer _buffer;
    private long _offset;
    private bool _finished;

    /// <param name="store">Where the file is made.</param>
    /// <param name="hint">Goes into the file's name.</param>
    /// <param name="buffer">One segment to build blocks in; the caller keeps owning it.</param>
    /// <param name="sums">Per partition; what is written is added.</param>
    public SpillFileWriter(ISpillStore store, string hint, NetworkBuffer buffer, RecordSum[] sums)
        : base(sums)
    {
        _stream = store.Create(hint);
        _buffer = buffer;
    }

    /// <summary>Bytes written so far.</summary>
    public long Length => _offset;

    public override (MemorySegment Segment, int Offset, int Size) Open()
    {
        MemorySegment segment = _buffer.Segment;
        return (segment, 0, segment.Size);
    }

    public override void Close(int length)
    {
        _stream.Write(_buffer.Segment.Slice(0, length), _offset);
        _offset += length;
    }

    public override void Dispose()
    {
        if (!_finished)
        {
            _stream.Dispose();
        }
    }

    protected override SortedRun Complete()
    {
        _finished = true;
        return new SpillFile(_stream, Ranges);
    }
}
