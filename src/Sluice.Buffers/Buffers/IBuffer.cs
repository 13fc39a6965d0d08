namespace Sluice.Buffers;

/// <summary>What a buffer and a slice of one have in common: bytes to read, and a reference to give back.</summary>
/// <remarks>
/// Written against as a generic constraint (<c>where TBuffer : struct, IBuffer</c>), so that nothing is boxed.
/// Every member but <see cref="IsLive"/> throws <see cref="BufferMisuseException"/> when the reference is not live.
/// </remarks>
public interface IBuffer
{
    /// <summary>Whether this reference still holds its buffer. False for a default one.</summary>
    bool IsLive { get; }

    /// <summary>What the bytes are.</summary>
    BufferDataType DataType { get; }

    /// <summary>Bytes in use, from the start of the buffer or of the slice.</summary>
    int Length { get; }

    /// <summary>The owner label of the pool it was requested from.</summary>
    string Owner { get; }

    /// <summary>What the holder of this reference called itself, or else the owner label.</summary>
    string Holder { get; }

    /// <summary>The bytes in use.</summary>
    ReadOnlySpan<byte> Written { get; }

    /// <summary>The bytes in use, for asynchronous output. A segment's first call allocates.</summary>
    ReadOnlyMemory<byte> WrittenMemory { get; }

    /// <summary>A part of the bytes in use, with a reference of its own that keeps the buffer alive.</summary>
    /// <param name="offset">Bytes from the start of the buffer or of the slice.</param>
    /// <param name="length">Bytes of the part; 0 is allowed.</param>
    /// <returns>A slice that its holder releases once.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not all inside <see cref="Length"/>.</exception>
    NetworkBufferSlice ReadOnlySlice(int offset, int length);

    /// <summary>Gives this reference back; the last one returns the segment to its pool.</summary>
    void Release();
}
