using Microsoft.Win32.SafeHandles;
using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Reads the records of one split and pushes them on, through a few segments of the task's pool.</summary>
/// <remarks>
/// A record inside a piece that was read is pushed where it lies; one that goes on in the next piece is put together
/// first. Threading: the task's thread.
/// </remarks>
internal abstract class SplitReader : IDisposable
{
    private const int PageSize = 4096;

    private readonly SafeFileHandle _handle;
    private readonly NetworkBuffer[] _buffers;
    private readonly Memory<byte>[] _segments;
    private readonly long _largestRecord;
    private byte[] _joined = [];
    private int _joinedLength;

    // What the segments hold: so many bytes of the file, from there on.
    private long _heldStart;
    private int _held;

    /// <param name="file">What is read.</param>
    /// <param name="split">Which part of it.</param>
    /// <param name="buffers">At least one; the reader's from now on.</param>
    /// <param name="largestRecord">Bytes of the longest record that the task can take.</param>
    protected SplitReader(InputFile file, InputSplit split, NetworkBuffer[] buffers, long largestRecord)
    {
        File = file;
        Split = split;
        _buffers = buffers;
        _segments = [.. buffers.Select(buffer => buffer.Segment.Memory)];
        _largestRecord = largestRecord;
        _handle = System.IO.File.OpenHandle(
            file.Path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            FileOptions.SequentialScan);
    }

    /// <summary>Bytes read so far, for progress.</summary>
    public long BytesRead { get; private set; }

    protected InputFile File { get; }

    protected InputSplit Split { get; }

    protected bool HasJoined => _joinedLength > 0;

    protected int SegmentSize => _buffers[0].Segment.Size;

    /// <summary>Pushes every record that starts in the split, in order.</summary>
    /// <exception cref="InputChangedException">The file grew or shrank since the job was planned.</exception>
    /// <exception cref="InputRecordTooLargeException">A record is longer than the task can take.</exception>
    public abstract void Run(Emitter<ReadOnlySpan<byte>> next, Action<long> progress, CancellationToken cancellation);

    public void Dispose()
    {
        _handle.Dispose();
        _buffers.ReleaseAll();
    }

    /// <summary>The next piece from <paramref name="offset"/> on, at most a segment, which ends where a page of the file
    /// does, or the file.</summary>
    /// <exception cref="InputChangedException">The file shrank since the job was planned.</exception>
    /// <remarks>
    /// Pages are copied to where pages start, then. From the byte before a page to the start of one, AMD's Zen needed
    /// 0.35 ns a byte instead of 0.11: its string copy slows down where the source lies up to some 30 bytes before the
    /// target's place in its page, and a split of lines reads the byte before it.
    /// </remarks>
    protected ReadOnlySpan<byte> Next(long offset)
    {
        if (offset < _heldStart || offset >= _heldStart + _held)
        {
            Read(offset);
        }

        int passed = (int)(offset - _heldStart);
        return _segments[passed / SegmentSize].Span[..Math.Min(SegmentSize, _held - passed)];
    }

    // To where a page ends; from where one starts on, all segments at once, as far as the split goes.
    private void Read(long offset)
    {
        using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Input);
        int beyondPage = (int)(offset % Math.Min(SegmentSize, PageSize));
        long wanted = Math.Max(1, Split.End - offset);
        int count = (int)Math.Min(_segments.Length, (wanted + SegmentSize - 1) / SegmentSize);
        IReadOnlyList<Memory<byte>> into = beyondPage > 0
            ? [_segments[0][..(SegmentSize - beyondPage)]]
            : new ArraySegment<Memory<byte>>(_segments, 0, count);
        long read = RandomAccess.Read(_handle, into, offset);
        if (read == 0)
        {
            throw new InputChangedException(File.Path, File.Length, offset);
        }

        _heldStart = offset;
        _held = (int)Math.Min(read, File.Length - offset);
        BytesRead += _held;
    }

    /// <summary>Fails when the file grew behind what was planned.</summary>
    protected void CheckUnchanged()
    {
        long length = RandomAccess.GetLength(_handle);
        if (length != File.Length)
        {
            throw new InputChangedException(File.Path, File.Length, length);
        }
    }

    /// <summary>Keeps the start of a record whose end has not been read yet.</summary>
    protected void Join(ReadOnlySpan<byte> piece, long recordStart)
    {
        long length = (long)_joinedLength + piece.Length;
        if (length > _largestRecord)
        {
            throw new InputRecordTooLargeException(File.Path, recordStart, LengthOf(recordStart), _largestRecord);
        }

        if (_joined.Length < length)
        {
            Array.Resize(
                ref _joined, (int)Math.Min(Math.Max(length, 2L * _joined.Length), Math.Max(length, _largestRecord)));
        }

        piece.CopyTo(_joined.AsSpan(_joinedLength));
        _joinedLength = (int)length;
    }

    /// <summary>Bytes of the record that starts there, however long it is; what the segment holds is lost.</summary>
    protected abstract long LengthOf(long recordStart);

    /// <summary>The record that was kept; it is forgotten with the next <see cref="Join"/>.</summary>
    protected ReadOnlySpan<byte> TakeJoined()
    {
        ReadOnlySpan<byte> record = _joined.AsSpan(0, _joinedLength);
        _joinedLength = 0;
        return record;
    }
}
