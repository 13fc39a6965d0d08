using System.Threading.Tasks.Sources;

namespace Sluice.Buffers;

/// <summary>One consumer's wait for data; made at its first wait and used for all that follow.</summary>
/// <remarks>
/// Whoever takes it out of the line of its <see cref="BufferProgress"/> completes it: the writer, the cancellation, or
/// the closing of the consumer; so it is completed once. What awaits it goes on elsewhere, never on the writer's stack.
/// </remarks>
internal sealed class DataWaiter(BufferProgress progress) : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private int _isPending;

    /// <summary>Up to where the consumer has read. It does not move while this waits.</summary>
    public int Position { get; private set; }

    /// <summary>The next one in line, or among those that are answered together.</summary>
    public DataWaiter? Next { get; set; }

    public ValueTask<bool> WaitAsync(int position, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isPending, 1) != 0)
        {
            throw new InvalidOperationException(
                $"A wait for data at position {Position} is pending or was not awaited; a consumer has one reader.");
        }

        Position = position;
        _core.Reset();
        if (!progress.TryWait(this, out bool hasData))
        {
            Volatile.Write(ref _isPending, 0);
            return new ValueTask<bool>(hasData);
        }

        // In line before it is registered: a token that is cancelled by now finds it there.
        _registration = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((DataWaiter)waiter!).Abort(new OperationCanceledException(token)), this);
        return new ValueTask<bool>(this, _core.Version);
    }

    /// <summary>By whoever has taken it out of the line.</summary>
    public void Complete(bool hasData) => _core.SetResult(hasData);

    /// <summary>Ends the wait with an error, unless it has ended.</summary>
    public void Abort(Exception reason)
    {
        if (progress.TryLeave(this))
        {
            _core.SetException(reason);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            return _core.GetResult(token);
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // Waits for a cancellation that is running, so that it cannot reach into the next wait.
            _registration.Dispose();
            _registration = default;
            Volatile.Write(ref _isPending, 0);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
