using System.Buffers;

namespace Sluice.Buffers;

/// <summary>Reads a <see cref="ReadOnlySequence{T}"/>, for example what a pipe has received.</summary>
/// <remarks>
/// Ownership: the view borrows the sequence; whoever lent it must not release it while the view reads. It can be set to
/// another one with <see cref="Reset"/>. Going back costs a walk from the first piece. One thread at a time.
/// </remarks>
public sealed class SequenceInputView : DataInputView
{
    private ReadOnlySequence<byte> _sequence;
    private long _length;

    // The piece being read, where it begins in the sequence, where the view is in it, and which piece comes next.
    private ReadOnlyMemory<byte> _piece;
    private long _start;
    private int _offset;
    private SequencePosition _next;

    /// <inheritdoc cref="Reset"/>
    public SequenceInputView(ReadOnlySequence<byte> sequence) => Reset(sequence);

    public override bool CanSeek => true;

    public override long Length => _length;

    public override long Remaining => _length - Position;

    public override long Position
    {
        get => _start + _offset;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _length);
            if (value < _start)
            {
                Rewind();
            }

            MoveTo(value);
        }
    }

    /// <summary>Reads from now on another sequence, from its start.</summary>
    public void Reset(ReadOnlySequence<byte> sequence)
    {
        _sequence = sequence;
        _length = sequence.Length;
        Rewind();
    }

    public override bool Has(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return length <= Remaining;
    }

    public override ReadOnlySpan<byte> Peek()
    {
        // A sequence may have pieces of no bytes.
        while (_offset == _piece.Length && NextPiece())
        {
        }

        return _piece.Span[_offset..];
    }

    public override int Peek(Span<byte> target)
    {
        int count = (int)Math.Min(target.Length, Remaining);
        ReadOnlySpan<byte> piece = _piece.Span[_offset..];
        SequencePosition next = _next;
        for (int copied = 0; copied < count;)
        {
            int step = Math.Min(piece.Length, count - copied);
            piece[..step].CopyTo(target[copied..]);
            copied += step;
            if (copied < count && _sequence.TryGet(ref next, out ReadOnlyMemory<byte> memory))
            {
                piece = memory.Span;
            }
        }

        return count;
    }

    public override void Skip(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= _piece.Length - _offset)
        {
            _offset += (int)length;
            return;
        }

        if (length > Remaining)
        {
            ThrowEnd(length, Remaining);
        }

        MoveTo(Position + length);
    }

    private void Rewind()
    {
        _piece = default;
        (_start, _offset) = (0, 0);
        _next = _sequence.Start;
    }

    /// <summary>Goes to a place in this piece or behind it, and not behind the end.</summary>
    private void MoveTo(long position)
    {
        while (position > _start + _piece.Length && NextPiece())
        {
        }

        _offset = (int)(position - _start);
    }

    private bool NextPiece()
    {
        long start = _start + _piece.Length;
        if (!_sequence.TryGet(ref _next, out ReadOnlyMemory<byte> piece))
        {
            return false;
        }

        (_piece, _start, _offset) = (piece, start, 0);
        return true;
    }
}
