namespace Sluice.Buffers;

/// <summary>One read end of a buffer that may still be being filled. It sees committed bytes only.</summary>
/// <remarks>
/// Ownership: it holds one reference, given back once by <see cref="Dispose"/>; it may outlive the builder.
/// Threading: one reader at a time, on any thread.
/// </remarks>
public sealed class BufferConsumer : IDisposable
{
    private readonly BufferBuilder _builder;
    private readonly NetworkBuffer _buffer;
    private int _isDisposed;

    internal BufferConsumer(BufferBuilder builder, NetworkBuffer buffer, int position)
    {
        _builder = builder;
        _buffer = buffer;
        Position = position;
    }

    /// <summary>Where it reads next, in bytes from the start of the buffer.</summary>
    public int Position { get; private set; }

    /// <summary>What the bytes are.</summary>
    public BufferDataType DataType => _buffer.DataType;

    /// <summary>Bytes that are committed and not consumed.</summary>
    public ReadOnlySpan<byte> Readable => _buffer.Segment.Slice(Position, _builder.Committed - Position);

    /// <summary>Whether the writer has finished and everything is consumed.</summary>
    public bool IsFinished
    {
        get
        {
            (int committed, bool isFinished) = _builder.Published;
            return isFinished && Position == committed;
        }
    }

    /// <summary>Counts bytes as consumed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than is readable.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _builder.Committed - Position);
        Position += count;
    }

    /// <summary>Consumes all that is readable as a slice with a reference of its own.</summary>
    /// <param name="slice">To be released by its holder.</param>
    /// <returns>False when nothing is readable now.</returns>
    public bool TryTake(out NetworkBufferSlice slice)
    {
        int length = _builder.Committed - Position;
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
    public BufferConsumer Fork() => new(_builder, _buffer.Retain(), Position);

    /// <summary>Gives the reference back. Further calls do nothing, and take nobody else's reference.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _buffer.Release();
        }
    }
}
