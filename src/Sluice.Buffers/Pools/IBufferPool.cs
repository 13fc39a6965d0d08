namespace Sluice.Buffers;

/// <summary>Where a task gets its buffers.</summary>
/// <remarks>
/// Up to <see cref="Minimum"/> a waiting request is certain to be met; up to <see cref="Maximum"/> it is met from what
/// is spare. A waiting request makes holders beyond their minimum give back; a request that only tries does not.
/// Members that take a subpartition count against its quota.
/// Threading: any thread. <see cref="Request(CancellationToken)"/> runs <see cref="IReclaimable.Reclaim"/> of other
/// holders on its own thread, so call it without locks that they may need; a cancellation is seen when they return.
/// </remarks>
public interface IBufferPool
{
    /// <summary>Who holds the buffers, as messages name it.</summary>
    string Owner { get; }

    /// <summary>Buffers it gets in any case.</summary>
    int Minimum { get; }

    /// <summary>Buffers it gets at most.</summary>
    int Maximum { get; }

    /// <summary>Buffers that are out now.</summary>
    int Lent { get; }

    /// <summary>How many more could be had now without waiting.</summary>
    int Available { get; }

    /// <summary>Takes a buffer if one can be had at once.</summary>
    /// <returns>False when it would have to wait.</returns>
    /// <exception cref="ObjectDisposedException">The pool was destroyed.</exception>
    bool TryRequest(out NetworkBuffer buffer);

    /// <inheritdoc cref="TryRequest(out NetworkBuffer)"/>
    bool TryRequest(int subpartition, out NetworkBuffer buffer);

    /// <summary>Takes a buffer, waiting in order for as long as it takes. Blocks the thread; holds no lock.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The pool was destroyed, also while waiting.</exception>
    NetworkBuffer Request(CancellationToken cancellationToken);

    /// <summary>Takes a buffer, waiting in order until the timeout.</summary>
    /// <param name="timeout">Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
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

    /// <summary>
    /// Promises that what this pool holds beyond its minimum can be given back in bounded time. In return it may also
    /// borrow what others are guaranteed but have not asked for.
    /// </summary>
    /// <returns>Dispose it to withdraw the promise.</returns>
    IDisposable RegisterReclaim(IReclaimable reclaimable);
}
