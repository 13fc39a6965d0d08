namespace Sluice.Buffers;

/// <summary>One read end of a buffer that may still be being filled. It sees committed bytes only.</summary>
/// <remarks>
/// Ownership: it holds one reference, given back once by <see cref="Dispose"/>; it may outlive the builder.
/// Threading: one reader at a time, on any thread; only <see cref="Dispose"/> may come from another one, and ends a
/// wait that is pending. Spans and slices taken from it show bytes that do not change any more.
/// </remarks>
public sealed class BufferConsumer : IDisposable
{
    private readonly BufferProgress _progress;
    private readonly NetworkBuffer _buffer;
    private DataWaiter? _waiter;
    private int _isDisposed;

    internal BufferConsumer(BufferProgress progress, NetworkBuffer buffer, int position)
    {
        _progress = progress;
        _buffer = buffer;
        Position = position;
    }

    /// <summary>Where it reads next, in bytes from the start of the buffer.</summary>
    public int Position { get; private set; }

    /// <summary>What the bytes are.</summary>
    public BufferDataType DataType => _buffer.DataType;

    /// <summary>Bytes that are committed and not consumed.</summary>
    /// <exception cref="BufferMisuseException">The consumer is disposed.</exception>
    public ReadOnlySpan<byte> Readable => _buffer.Segment.Slice(Position, _progress.Committed - Position);

    /// <summary>Whether nothing follows and everything is consumed.</summary>
    public bool IsFinished
    {
        get
        {
            (int committed, bool isFinished) = _progress.Published;
            return isFinished && Position == committed;
        }
    }

    /// <summary>
    /// Whether the builder was disposed without having been finished: what was committed is whole, but more was to
    /// come.
    /// </summary>
    public bool IsAbandoned => _progress.IsAbandoned;

    /// <summary>Counts bytes as consumed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than is readable.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _progress.Committed - Position);
        Position += count;
    }

    /// <summary>Waits until something is readable or nothing will follow. Allocates for the first wait only.</summary>
    /// <returns>
    /// True when <see cref="Readable"/> is not empty, false when the consumer <see cref="IsFinished"/>. To be awaited
    /// once, before the next wait.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was consumed.</exception>
    /// <exception cref="InvalidOperationException">A wait of this consumer is pending.</exception>
    /// <exception cref="ObjectDisposedException">The consumer is disposed, also while waiting.</exception>
    public ValueTask<bool> WaitForDataAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (_progress.TryAnswer(Position, out bool hasData))
        {
            return new ValueTask<bool>(hasData);
        }

        _waiter ??= new DataWaiter(_progress);
        ValueTask<bool> wait = _waiter.WaitAsync(Position, cancellationToken);

        // It stands in line; whoever disposes after this look finds it there.
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            AbortWait();
        }

        return wait;
    }

    /// <summary>Consumes all that is readable as a slice with a reference of its own.</summary>
    /// <param name="slice">To be released by its holder.</param>
    /// <returns>False when nothing is readable now.</returns>
    /// <exception cref="BufferMisuseException">The consumer is disposed, or all ten places are held.</exception>
    public bool TryTake(out NetworkBufferSlice slice)
    {
        int length = _progress.Committed - Position;
        if (length == 0)
        {
            slice = default;
            return false;
        }

        slice = new NetworkBufferSlice(_buffer.Retain(), Position, length);
        Position += length;
        return true;
    }

    /// <summary>A further consumer at the same position, with a reference of its own.</summary>
    /// <param name="holder">Who holds the reference, as messages name it.</param>
    /// <exception cref="BufferMisuseException">The consumer is disposed, or all ten places are held.</exception>
    public BufferConsumer Fork(string holder = "consumer") => new(_progress, _buffer.Retain(holder), Position);

    /// <summary>Gives the reference back. Further calls do nothing, and take nobody else's reference.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            AbortWait();
            _buffer.Release();
        }
    }

    private void AbortWait() => Volatile.Read(ref _waiter)?.Abort(new ObjectDisposedException(
        nameof(BufferConsumer), $"The consumer of a buffer was disposed while it waited for data at {Position}."));
}
