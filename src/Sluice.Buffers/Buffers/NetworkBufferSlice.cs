namespace Sluice.Buffers;

/// <summary>A read-only part of a buffer that keeps the whole buffer alive.</summary>
/// <remarks>
/// Ownership: the slice owns one reference; its holder releases it exactly once. The part was inside the bytes
/// in use when the slice was made and does not follow later changes of the buffer's length.
/// A stale slice throws <see cref="BufferMisuseException"/> as a stale <see cref="NetworkBuffer"/> does.
/// </remarks>
public readonly record struct NetworkBufferSlice : IBuffer
{
    private readonly NetworkBuffer _buffer;
    private readonly int _length;

    internal NetworkBufferSlice(NetworkBuffer buffer, int offset, int length)
    {
        _buffer = buffer;
        Offset = offset;
        _length = length;
    }

    /// <summary>Where the part begins, in bytes from the start of the buffer.</summary>
    public int Offset { get; }

    /// <inheritdoc/>
    public int Length => _length;

    /// <inheritdoc/>
    public bool IsLive => _buffer.IsLive;

    /// <inheritdoc/>
    public BufferDataType DataType => _buffer.DataType;

    /// <inheritdoc/>
    public string Owner => _buffer.Owner;

    /// <inheritdoc/>
    public string Holder => _buffer.Holder;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _buffer.Segment.Slice(Offset, _length);

    /// <summary>The bytes, for asynchronous output. A segment's first call allocates.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.Segment.Memory.Slice(Offset, _length);

    ReadOnlySpan<byte> IBuffer.Written => Span;

    ReadOnlyMemory<byte> IBuffer.WrittenMemory => Memory;

    /// <summary>A further slice of the same bytes with its own reference.</summary>
    /// <exception cref="BufferMisuseException">This slice is not live, or all ten places are held.</exception>
    public NetworkBufferSlice Retain() => new(_buffer.Retain(), Offset, _length);

    /// <inheritdoc cref="Retain()"/>
    /// <param name="holder">Who holds the new one, as messages name it.</param>
    public NetworkBufferSlice Retain(string holder) => new(_buffer.Retain(holder), Offset, _length);

    /// <summary>Gives this reference to another holder; this slice is stale from then on.</summary>
    /// <param name="holder">Who holds it from now on, as messages name it.</param>
    /// <returns>The new holder's slice of the same bytes.</returns>
    /// <exception cref="BufferMisuseException">This slice is not live.</exception>
    public NetworkBufferSlice HandOver(string holder) => new(_buffer.HandOver(holder), Offset, _length);

    /// <inheritdoc/>
    public NetworkBufferSlice ReadOnlySlice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)offset + length, _length, nameof(length));
        return new NetworkBufferSlice(_buffer.Retain(), Offset + offset, length);
    }

    /// <inheritdoc/>
    public void Release() => _buffer.Release();
}
