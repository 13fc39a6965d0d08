using System.Runtime.CompilerServices;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Writes one part of an output from front to back, through a few segments of the task's pool.</summary>
/// <remarks>
/// While one batch of segments is filled, others are written. A write that failed is thrown at the next one, at the
/// latest by <see cref="Finish"/>. Disposed before that, it deletes the file. Threading: the task's thread.
/// </remarks>
internal sealed class PartFile : IDisposable
{
    private readonly StorageFile _file;
    private readonly WriteBehind _writes;
    private readonly CancellationTokenSource _givenUp;
    private readonly Action<IReadOnlyList<ReadOnlyMemory<byte>>, long> _write;
    private readonly NetworkBuffer[] _segments;
    private readonly ReadOnlyMemory<byte>[] _memories;
    private readonly int _segmentsPerBatch;
    private readonly int _segmentSize;
    private MemorySegment _segment;
    private int _firstOfBatch;
    private int _current;
    private int _filled;
    private bool _finished;

    private PartFile(StorageFile file, NetworkBuffer[] segments, DiskWait wait, CancellationToken cancellation)
    {
        _file = file;
        _segments = segments;
        int batches = WriteBehind.BatchesOf(segments.Length);
        _writes = new WriteBehind(WaitKind.Output, batches);
        _segmentsPerBatch = segments.Length / batches;
        _segmentSize = segments[0].Segment.Size;
        _memories = [.. segments.Select(buffer => (ReadOnlyMemory<byte>)buffer.Segment.Memory)];
        _segment = segments[0].Segment;
        _givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _write = (pieces, offset) => wait.Run(file.Path, () => file.Write(pieces, offset), _givenUp.Token);
    }

    /// <summary>Creates the file.</summary>
    /// <param name="path">Where; what is there is replaced.</param>
    /// <param name="pool">The task's pool, which has the segments.</param>
    /// <param name="count">How many segments: some are filled while the others are written; at least 2.</param>
    /// <param name="wait">What is done when the disk is full.</param>
    /// <param name="cancellation">Ends waiting for a segment, or for room on the disk.</param>
    public static PartFile Create(
        string path, IBufferPool pool, int count, DiskWait wait, CancellationToken cancellation)
    {
        NetworkBuffer[] segments = pool.RequestAll(count, cancellation);
        try
        {
            StorageFile? file = null;
            WritePathChoice choice = WritePathChoice.Of(Path.GetDirectoryName(path)!);
            wait.Run(path, () => file = StorageFile.ToWrite(path, choice), cancellation);
            return new PartFile(file!, segments, wait, cancellation);
        }
        catch
        {
            segments.ReleaseAll();
            throw;
        }
    }

    /// <summary>Bytes handed to the file.</summary>
    public long Length { get; private set; }

    /// <summary>Time spent waiting for writes.</summary>
    public TimeSpan WaitTime => _writes.WaitTime;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _segmentSize - _filled)
        {
            bytes.CopyTo(_segment.Slice(_filled, bytes.Length));
            _filled += bytes.Length;
            return;
        }

        WritePieces(bytes);
    }

    /// <summary>Writes bytes and one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(ReadOnlySpan<byte> bytes, byte last)
    {
        if (bytes.Length < _segmentSize - _filled)
        {
            Span<byte> room = _segment.Slice(_filled, bytes.Length + 1);
            bytes.CopyTo(room);
            room[bytes.Length] = last;
            _filled += room.Length;
            return;
        }

        WritePieces(bytes);
        WritePieces([last]);
    }

    private void WritePieces(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == _segmentSize)
            {
                NextSegment();
            }

            int count = Math.Min(bytes.Length, _segmentSize - _filled);
            bytes[..count].CopyTo(_segment.Slice(_filled, count));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes what is left and closes the file, which stays.</summary>
    public void Finish()
    {
        WriteBatch();
        _writes.Finish();
        _finished = true;
        _file.Dispose();
    }

    public void Dispose()
    {
        // A write that waits for room is not wanted any more.
        _givenUp.Cancel();
        _writes.Dispose();
        _givenUp.Dispose();
        _file.Dispose();
        _segments.ReleaseAll();

        if (!_finished)
        {
            Delete();
        }
    }

    private void Delete()
    {
        try
        {
            File.Delete(_file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with its directory; why the part was not finished is what must be told.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextSegment()
    {
        if (_current + 1 == _firstOfBatch + _segmentsPerBatch)
        {
            WriteBatch();
        }
        else
        {
            _current++;
            _filled = 0;
        }

        _segment = _segments[_current].Segment;
    }

    private void WriteBatch()
    {
        ReadOnlyMemory<byte>[] batch = [.. _memories[_firstOfBatch.._current], _memories[_current][.._filled]];
        _writes.Start(_write, batch, Length);
        Length += ((long)(_current - _firstOfBatch) * _segmentSize) + _filled;
        int next = _firstOfBatch + _segmentsPerBatch;
        _firstOfBatch = next + _segmentsPerBatch <= _segments.Length ? next : 0;
        _current = _firstOfBatch;
        _filled = 0;
    }
}
