namespace Sluice.Buffers;

/// <summary>Makes and destroys the local pools of tasks.</summary>
public interface IBufferPoolFactory
{
    /// <summary>Makes a pool whose minimum is guaranteed from now on.</summary>
    /// <exception cref="InsufficientBuffersException">The minimum is more than what other guarantees leave.</exception>
    LocalBufferPool CreateBufferPool(BufferPoolOptions options);

    /// <summary>
    /// Ends a pool. Buffers still out stay valid and return when they are released. A second call does nothing.
    /// </summary>
    void DestroyBufferPool(LocalBufferPool bufferPool);
}
