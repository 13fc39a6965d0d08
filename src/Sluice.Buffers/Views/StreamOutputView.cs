using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Writes values to a stream, from where it stands.</summary>
/// <remarks>
/// Nothing is held back: each value is one write to the stream, so one that is slow for small writes wants a
/// <see cref="BufferedStream"/> around it. What the stream refuses, it refuses with its own exception; the position
/// then does not count the value, and a stream that can seek is set back to it. The view owns nothing; one thread at a
/// time.
/// </remarks>
public sealed class StreamOutputView : IDataOutputView
{
    private const int ZerosSize = 256;

    private readonly Stream _stream;
    private readonly long _origin;
    private long _position;

    /// <param name="stream">A stream that can be written.</param>
    /// <exception cref="ArgumentException">The stream cannot be written.</exception>
    public StreamOutputView(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written.", nameof(stream));
        }

        _stream = stream;
        _origin = stream.CanSeek ? stream.Position : 0;
    }

    /// <inheritdoc/>
    public long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position)
            {
                return;
            }

            if (!_stream.CanSeek)
            {
                throw new NotSupportedException("The stream cannot seek, so the view cannot return to a position.");
            }

            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _stream.Length - _origin);
            _stream.Position = _origin + value;
            _position = value;
        }
    }

    public void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteInt16(short value) => WriteValue(value);

    public void WriteUInt16(ushort value) => WriteValue(value);

    public void WriteChar(char value) => WriteValue(value);

    public void WriteInt32(int value) => WriteValue(value);

    public void WriteUInt32(uint value) => WriteValue(value);

    public void WriteInt64(long value) => WriteValue(value);

    public void WriteUInt64(ulong value) => WriteValue(value);

    public void WriteSingle(float value) => WriteValue(value);

    public void WriteDouble(double value) => WriteValue(value);

    public void WriteVarUInt32(uint value) => WriteVarUInt64(value);

    public void WriteVarUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[VarInt.MaximumSize64];
        Write(bytes[..VarInt.Write(bytes, value)]);
    }

    public void WriteVarInt32(int value) => WriteVarUInt64(VarInt.Zigzag(value));

    public void WriteVarInt64(long value) => WriteVarUInt64(VarInt.Zigzag(value));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch when (_stream.CanSeek)
        {
            _stream.Position = _origin + _position;
            throw;
        }

        _position += bytes.Length;
    }

    /// <inheritdoc/>
    /// <remarks>When the stream refuses a piece, the pieces before it are written and taken.</remarks>
    public void Write(IDataInputView source, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.Has(length))
        {
            throw new EndOfStreamException(
                $"{length} bytes are to be copied from position {source.Position} of a view that has fewer left.");
        }

        while (length > 0)
        {
            ReadOnlySpan<byte> piece = source.Peek();
            if (piece.IsEmpty)
            {
                // It had as many a moment ago: a file that somebody cuts, say.
                throw new EndOfStreamException(
                    $"{length} bytes less could be copied than the view said it has; it ends at {source.Position}.");
            }

            piece = piece[..(int)Math.Min(piece.Length, length)];
            Write(piece);
            source.Skip(piece.Length);
            length -= piece.Length;
        }
    }

    public void Skip(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!_stream.CanSeek)
        {
            WriteZeros(length);
            return;
        }

        long end = checked(_origin + _position + length);
        if (end > _stream.Length)
        {
            _stream.SetLength(end);
        }

        _stream.Position = end;
        _position += length;
    }

    private void WriteZeros(long length)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[ZerosSize];
        while (length > 0)
        {
            int step = (int)Math.Min(length, zeros.Length);
            Write(zeros[..step]);
            length -= step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void WriteValue<T>(T value)
        where T : unmanaged
    {
        value = ByteOrder.LittleEndian(value);
        Write(new ReadOnlySpan<byte>(&value, sizeof(T)));
    }
}
