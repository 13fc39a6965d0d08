namespace Sluice.Buffers;

/// <summary>Makes and destroys the local pools of tasks.</summary>
/// <remarks>What is wrong with an argument is found before anything changes.</remarks>
public interface IBufferPoolFactory
{
    /// <summary>Makes a pool whose minimum is guaranteed from now on.</summary>
    /// <exception cref="ArgumentException">An option makes no sense; see each.</exception>
    /// <exception cref="InsufficientBuffersException">The minimum is more than what other guarantees leave.</exception>
    LocalBufferPool CreateBufferPool(BufferPoolOptions options);

    /// <summary>Makes a pool with a guaranteed minimum and a maximum, both in buffers.</summary>
    /// <inheritdoc cref="CreateBufferPool(BufferPoolOptions)"/>
    LocalBufferPool CreateBufferPool(string owner, int minimum, int maximum);

    /// <summary>Makes a pool whose subpartitions hold at most so many buffers each, strictly.</summary>
    /// <inheritdoc cref="CreateBufferPool(BufferPoolOptions)"/>
    LocalBufferPool CreateBufferPool(
        string owner, int minimum, int maximum, int subpartitions, int maximumPerSubpartition);

    /// <summary>
    /// Ends a pool. Buffers still out stay valid and return when they are released. A second call does nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The pool was made by another factory.</exception>
    void DestroyBufferPool(LocalBufferPool bufferPool);
}
