namespace Sluice.Buffers;

/// <summary>Reads values from a stream, from where it stands.</summary>
/// <remarks>
/// It reads ahead, so the stream itself is somewhere behind the view's position. A failed read takes nothing: what was
/// read from the stream for it is kept for the next one. Over a stream that cannot seek, <see cref="Has"/>, peeking and
/// <see cref="Skip"/> hold in memory what they look at, and the position can only be set to bytes that are still held.
/// A stream that grows after its end was met is read on. The view owns nothing; one thread at a time.
/// </remarks>
public sealed class StreamInputView : DataInputView
{
    private const int DefaultBufferSize = 4096;

    private readonly Stream _stream;
    private readonly long _origin;

    // Bytes read ahead: [_start, _end) of the buffer are next. Those before _start are read, and still in place.
    private byte[] _buffer;
    private int _start;
    private int _end;
    private long _position;

    /// <param name="stream">A stream that can be read.</param>
    /// <param name="bufferSize">Bytes to read ahead, at least one; it grows when more is looked at at once.</param>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    public StreamInputView(Stream stream, int bufferSize = DefaultBufferSize)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }

        _stream = stream;
        _origin = stream.CanSeek ? stream.Position : 0;
        _buffer = new byte[bufferSize];
    }

    public override bool CanSeek => _stream.CanSeek;

    /// <inheritdoc/>
    public override long Length => _stream.Length - _origin;

    /// <inheritdoc/>
    public override long Remaining => Math.Max(0, Length - _position);

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            long distance = value - _position;
            if (distance >= -_start && distance <= Ahead)
            {
                Move((int)distance);
                return;
            }

            if (!CanSeek)
            {
                throw new NotSupportedException(
                    $"The stream cannot seek, and position {value} is not among the bytes held: "
                    + $"{_position - _start} to {_position + Ahead}.");
            }

            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Length);
            _stream.Position = _origin + value;
            (_start, _end, _position) = (0, 0, value);
        }
    }

    private int Ahead => _end - _start;

    public override bool Has(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= Ahead)
        {
            return true;
        }

        return CanSeek ? length <= Remaining : Fill(length);
    }

    public override ReadOnlySpan<byte> Peek()
    {
        Fill(1);
        return _buffer.AsSpan(_start, Ahead);
    }

    public override int Peek(Span<byte> target)
    {
        Fill(target.Length);
        int count = Math.Min(target.Length, Ahead);
        _buffer.AsSpan(_start, count).CopyTo(target);
        return count;
    }

    public override void Skip(long length)
    {
        if (!Has(length))
        {
            ThrowEnd(length, CanSeek ? Remaining : Ahead);
        }

        if (length <= Ahead)
        {
            Move((int)length);
        }
        else
        {
            Position += length;
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> target)
    {
        int count = 0;
        while (count < target.Length)
        {
            int step = ReadStep(target, count);
            if (step == 0)
            {
                break;
            }

            count += step;
        }

        return count;
    }

    /// <inheritdoc/>
    public override void ReadExactly(Span<byte> target)
    {
        int count = Read(target);
        if (count < target.Length)
        {
            GiveBack(target[..count]);
            ThrowEnd(target.Length, count);
        }
    }

    // One piece of the target, behind so many bytes of it that are read. When the stream refuses, those are next again.
    private int ReadStep(Span<byte> target, int read)
    {
        Span<byte> rest = target[read..];
        try
        {
            // What is larger than the buffer goes past it.
            if (Ahead == 0 && rest.Length >= _buffer.Length)
            {
                (_start, _end) = (0, 0);
                int past = _stream.Read(rest);
                _position += past;
                return past;
            }

            if (Ahead == 0)
            {
                Fill(1);
            }
        }
        catch
        {
            GiveBack(target[..read]);
            throw;
        }

        int step = Math.Min(rest.Length, Ahead);
        _buffer.AsSpan(_start, step).CopyTo(rest);
        Move(step);
        return step;
    }

    private void Move(int distance)
    {
        _start += distance;
        _position += distance;
    }

    /// <summary>Holds what was taken as if it had not been; nothing is read ahead of it.</summary>
    private void GiveBack(ReadOnlySpan<byte> taken)
    {
        if (_buffer.Length < taken.Length)
        {
            _buffer = new byte[taken.Length];
        }

        taken.CopyTo(_buffer);
        (_start, _end) = (0, taken.Length);
        _position -= taken.Length;
    }

    /// <summary>Reads ahead until so many bytes are held.</summary>
    /// <returns>Whether they are; false when the stream ends before.</returns>
    private bool Fill(long length)
    {
        while (Ahead < length)
        {
            if (Ahead == 0)
            {
                (_start, _end) = (0, 0);
            }
            else if (_end == _buffer.Length)
            {
                MakeRoom();
            }

            int count = _stream.Read(_buffer.AsSpan(_end));
            if (count == 0)
            {
                return false;
            }

            _end += count;
        }

        return true;
    }

    // The buffer grows with the bytes that there are, never with a length that somebody claims.
    private void MakeRoom()
    {
        if (_start == 0)
        {
            Array.Resize(ref _buffer, checked(2 * _buffer.Length));
            return;
        }

        _buffer.AsSpan(_start, Ahead).CopyTo(_buffer);
        (_start, _end) = (0, Ahead);
    }
}
