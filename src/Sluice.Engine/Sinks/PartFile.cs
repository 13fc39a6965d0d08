using Microsoft.Win32.SafeHandles;
using Sluice.Buffers;

namespace Sluice.Engine;

/// <summary>Writes one part of an output from front to back, through one segment of the task's pool.</summary>
/// <remarks>Disposed before <see cref="Finish"/>, it deletes the file. Threading: the task's thread.</remarks>
internal sealed class PartFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly NetworkBuffer _buffer;
    private readonly MemorySegment _segment;
    private readonly string _path;
    private int _filled;
    private bool _finished;

    public PartFile(string path, NetworkBuffer buffer)
    {
        _path = path;
        _buffer = buffer;
        _segment = buffer.Segment;
        _handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _segment.Size - _filled)
        {
            bytes.CopyTo(_segment.Slice(_filled, bytes.Length));
            _filled += bytes.Length;
            return;
        }

        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _segment.Size - _filled);
            bytes[..count].CopyTo(_segment.Slice(_filled, count));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == _segment.Size)
            {
                Flush();
            }
        }
    }

    public void WriteByte(byte value)
    {
        if (_filled == _segment.Size)
        {
            Flush();
        }

        _segment.Slice(_filled, 1)[0] = value;
        _filled++;
    }

    /// <summary>Writes what is left and closes the file, which stays.</summary>
    public void Finish()
    {
        Flush();
        _finished = true;
        Length = RandomAccess.GetLength(_handle);
        _handle.Dispose();
    }

    public void Dispose()
    {
        _handle.Dispose();
        _buffer.Release();
        if (!_finished)
        {
            File.Delete(_path);
        }
    }

    private void Flush()
    {
        RandomAccess.Write(_handle, _segment.Slice(0, _filled), Length);
        Length += _filled;
        _filled = 0;
    }
}
