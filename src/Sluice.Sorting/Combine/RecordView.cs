namespace Sluice.Sorting;

/// <summary>Bytes of a record where they lie: in one piece, or in several when they cross ends of segments.</summary>
/// <remarks>Nothing is copied. Valid as long as the group's current record.</remarks>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _first;
    private readonly SegmentRing? _ring;
    private readonly RingPosition _rest;

    /// <summary>Bytes in one piece.</summary>
    public RecordView(ReadOnlySpan<byte> bytes)
    {
        _first = bytes;
        Length = bytes.Length;
    }

    internal RecordView(SegmentRing ring, RingPosition start, int length)
    {
        _first = ring.SpanAt(start, length);
        _ring = ring;
        _rest = start + _first.Length;
        Length = length;
    }

    /// <summary>Bytes of all pieces.</summary>
    public int Length { get; }

    /// <summary>The first piece; all there is when <see cref="IsWhole"/>.</summary>
    public ReadOnlySpan<byte> First => _first;

    /// <summary>Whether there is one piece only.</summary>
    public bool IsWhole => _first.Length == Length;

    /// <summary>Copies all pieces to the front of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        foreach (ReadOnlySpan<byte> piece in this)
        {
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
        }
    }

    /// <summary>The pieces, one after the other.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the pieces.</summary>
    public ref struct Enumerator
    {
        private readonly RecordView _view;
        private int _given;

        internal Enumerator(RecordView view)
        {
            _view = view;
        }

        /// <summary>The piece at hand.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the first or next piece; false behind the last.</summary>
        public bool MoveNext()
        {
            if (_given == _view.Length)
            {
                return false;
            }

            int first = _view._first.Length;
            Current = _given == 0
                ? _view._first
                : _view._ring!.SpanAt(_view._rest + (_given - first), _view.Length - _given);
            _given += Current.Length;
            return true;
        }
    }
}
