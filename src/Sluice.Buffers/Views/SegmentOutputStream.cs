namespace Sluice.Buffers;

/// <summary>Lets code that writes to a stream write into a view.</summary>
/// <remarks>
/// It goes on at the view's position and owns nothing. A write that does not fit throws
/// <see cref="EndOfStreamException"/>.
/// </remarks>
public sealed class SegmentOutputStream(IDataOutputView view) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("A stream into a view has no length.");

    public override long Position
    {
        get => view.Position;
        set => throw new NotSupportedException("A stream into a view only goes on.");
    }

    public override void Write(ReadOnlySpan<byte> buffer) => view.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        view.Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => view.WriteByte(value);

    /// <remarks>It is memory: there is nothing to wait for.</remarks>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        view.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("It only writes.");

    public override long Seek(long offset, SeekOrigin origin) =>
        throw new NotSupportedException("A stream into a view only goes on.");

    public override void SetLength(long value) =>
        throw new NotSupportedException("A stream into a view has no length.");
}
