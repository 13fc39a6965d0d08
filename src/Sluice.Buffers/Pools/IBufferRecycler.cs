namespace Sluice.Buffers;

/// <summary>Takes buffers back.</summary>
public interface IBufferRecycler
{
    /// <summary>
    /// Gives a holder's reference back, as <see cref="NetworkBuffer.Release"/> does; the last one returns the segment.
    /// </summary>
    /// <remarks>Also after the pool was destroyed.</remarks>
    /// <exception cref="BufferMisuseException">The handle is not live: it was released or recycled before.</exception>
    /// <exception cref="ArgumentException">
    /// The buffer was requested from another pool; nothing was released.
    /// </exception>
    void Recycle(NetworkBuffer buffer);
}
