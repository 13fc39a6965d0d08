namespace Sluice.Buffers;

/// <summary>A read-only part of a buffer that keeps the whole buffer alive.</summary>
/// <remarks>
/// Ownership: the slice owns one reference; its holder releases it exactly once. The part was inside the bytes
/// in use when the slice was made and does not follow later changes of the buffer's length.
/// </remarks>
public readonly record struct NetworkBufferSlice
{
    private readonly NetworkBuffer _buffer;

    internal NetworkBufferSlice(NetworkBuffer buffer, int offset, int length)
    {
        _buffer = buffer;
        Offset = offset;
        Length = length;
    }

    /// <summary>Where the part begins, in bytes from the start of the buffer.</summary>
    public int Offset { get; }

    /// <summary>Bytes of the part.</summary>
    public int Length { get; }

    /// <summary>Whether this slice still holds its buffer.</summary>
    public bool IsLive => _buffer.IsLive;

    /// <summary>What the buffer's bytes are.</summary>
    public BufferDataType DataType => _buffer.DataType;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _buffer.Segment.Slice(Offset, Length);

    /// <summary>The bytes, for asynchronous output.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.Segment.Memory.Slice(Offset, Length);

    /// <summary>A further slice of the same bytes with its own reference.</summary>
    public NetworkBufferSlice Retain() => new(_buffer.Retain(), Offset, Length);

    /// <summary>Gives the reference back.</summary>
    public void Release() => _buffer.Release();
}
