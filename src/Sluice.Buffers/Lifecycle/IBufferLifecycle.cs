namespace Sluice.Buffers;

/// <summary>Sees every step in the lives of a pool's buffers. One hook per pool, null when off.</summary>
/// <remarks>
/// Called outside every lock, on the thread that took the step, so calls of several threads come at once and the steps
/// of two holders may be seen in either order. <see cref="OnRecycled"/> comes before the segment can be requested
/// again. A hook must not throw and must not request or release buffers of the pool it watches.
/// </remarks>
public interface IBufferLifecycle
{
    /// <summary>A life begins.</summary>
    /// <param name="life">The life.</param>
    /// <param name="owner">The owner label of the pool it was requested from.</param>
    void OnRequested(BufferLife life, string owner);

    /// <summary>A holder was added.</summary>
    /// <param name="life">The life.</param>
    /// <param name="holder">Its place, 0 to 9.</param>
    void OnRetained(BufferLife life, int holder);

    /// <summary>A holder gave its reference back.</summary>
    /// <param name="life">The life.</param>
    /// <param name="holder">Its place, 0 to 9.</param>
    void OnReleased(BufferLife life, int holder);

    /// <summary>The last holder is gone; the segment goes back.</summary>
    void OnRecycled(BufferLife life);

    /// <summary>A local pool was destroyed.</summary>
    /// <param name="owner">Its owner label.</param>
    /// <param name="outstanding">How many of its buffers are still out.</param>
    void OnPoolDestroyed(string owner, int outstanding);
}
