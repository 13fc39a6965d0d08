namespace Sluice.Buffers;

/// <summary>Hands out buffers.</summary>
/// <remarks>
/// Members that take a subpartition count against its quota, which is strict: at its quota a request fails or waits
/// although the pool has segments, and a buffer that the subpartition gives back is the one that lets it go on.
/// Waiting holds no lock, and waiters of one pool are served in the order of their requests. A waiting request makes
/// holders beyond their minimum give back; a request that only tries does not.
/// Threading: any thread. The blocking requests without a timeout run <see cref="IReclaimable.Reclaim"/> of other
/// holders on their own thread, so call them without locks that those may need; a cancellation is seen when they
/// return.
/// </remarks>
public interface IBufferProvider
{
    /// <summary>Takes a buffer if one can be had at once.</summary>
    /// <returns>False when it would have to wait.</returns>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    bool TryRequest(out NetworkBuffer buffer);

    /// <inheritdoc cref="TryRequest(out NetworkBuffer)"/>
    bool TryRequest(int subpartition, out NetworkBuffer buffer);

    /// <summary>
    /// Takes a buffer in the middle of a record, if need be beyond the maximum, by as many as
    /// <see cref="BufferPoolOptions.Overdraft"/> allows and only from segments that are free and guaranteed to nobody.
    /// </summary>
    /// <remarks>
    /// The overdraft counts as lent and is paid back first: until the pool is below its maximum again, no ordinary
    /// request is met. The quota of a subpartition is not overdrawn.
    /// </remarks>
    /// <returns>False when it would have to wait.</returns>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    bool TryRequestOverdraft(out NetworkBuffer buffer);

    /// <inheritdoc cref="TryRequestOverdraft(out NetworkBuffer)"/>
    bool TryRequestOverdraft(int subpartition, out NetworkBuffer buffer);

    /// <summary>
    /// Takes a buffer as <see cref="TryRequestOverdraft(out NetworkBuffer)"/> does, waiting without a thread: for a
    /// segment that the overdraft allows, or for one of its own to come back.
    /// </summary>
    /// <remarks>
    /// For a record whose buffers cannot come back before it is whole: an ordinary request would wait for those. It
    /// still waits for ever when the overdraft is used up and nothing comes back, so give it a token that ends.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    ValueTask<NetworkBuffer> RequestOverdraftAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="RequestOverdraftAsync(CancellationToken)"/>
    ValueTask<NetworkBuffer> RequestOverdraftAsync(int subpartition, CancellationToken cancellationToken);

    /// <summary>Takes a buffer, waiting in order for as long as it takes. Blocks the thread; holds no lock.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    NetworkBuffer Request(CancellationToken cancellationToken);

    /// <summary>Takes a buffer, waiting in order until the timeout.</summary>
    /// <param name="timeout">
    /// Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/>; by <see cref="NetworkBufferPoolOptions.TimeProvider"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BufferTimeoutException">None came in time; the message names every holder.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    NetworkBuffer Request(TimeSpan timeout, CancellationToken cancellationToken);

    /// <inheritdoc cref="Request(TimeSpan, CancellationToken)"/>
    NetworkBuffer Request(int subpartition, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Takes a buffer, waiting in order without a thread.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    ValueTask<NetworkBuffer> RequestAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="RequestAsync(CancellationToken)"/>
    ValueTask<NetworkBuffer> RequestAsync(int subpartition, CancellationToken cancellationToken);

    /// <summary>Takes a buffer, waiting in order and without a thread until the timeout.</summary>
    /// <inheritdoc cref="Request(TimeSpan, CancellationToken)"/>
    ValueTask<NetworkBuffer> RequestAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <inheritdoc cref="RequestAsync(TimeSpan, CancellationToken)"/>
    ValueTask<NetworkBuffer> RequestAsync(int subpartition, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Completes when <see cref="TryRequest(out NetworkBuffer)"/> would succeed; takes nothing.</summary>
    /// <remarks>
    /// It stands in line like a request, makes holders give back, and is signalled when its turn comes. Another request
    /// may be quicker then: try, and wait again. No wake-up is lost between the two.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    ValueTask WaitUntilAvailableAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="WaitUntilAvailableAsync(CancellationToken)"/>
    ValueTask WaitUntilAvailableAsync(int subpartition, CancellationToken cancellationToken);
}
