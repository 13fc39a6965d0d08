namespace Sluice.Buffers;

/// <summary>Lets code that reads from a stream read from a view.</summary>
/// <remarks>It goes on at the view's position, can seek if the view can, and owns nothing.</remarks>
public sealed class SegmentInputStream(IDataInputView view) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => view.CanSeek;

    public override bool CanWrite => false;

    public override long Length => view.Length;

    public override long Position
    {
        get => view.Position;
        set => view.Position = value;
    }

    public override int Read(Span<byte> buffer) => view.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return view.Read(buffer.AsSpan(offset, count));
    }

    /// <returns>The byte, or -1 at the end.</returns>
    public override int ReadByte() => view.Has(1) ? view.ReadByte() : -1;

    /// <remarks>It is memory: there is nothing to wait for.</remarks>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(view.Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <exception cref="ArgumentOutOfRangeException">The place is before the start or behind the end of the
    /// view.</exception>
    public override long Seek(long offset, SeekOrigin origin)
    {
        long from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => view.Position,
            SeekOrigin.End => view.Length,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "It is none of begin, current and end."),
        };
        return Position = checked(from + offset);
    }

    public override void CopyTo(Stream destination, int bufferSize)
    {
        ValidateCopyToArguments(destination, bufferSize);
        while (view.Peek() is { IsEmpty: false } piece)
        {
            destination.Write(piece);
            view.Skip(piece.Length);
        }
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("It only reads.");

    public override void SetLength(long value) => throw new NotSupportedException("It only reads.");
}
