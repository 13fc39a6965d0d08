namespace Sluice.Sorting;

/// <summary>A fill's keys, compared by a comparison instead of as bytes.</summary>
/// <remarks>A key longer than a segment is put together first, in a buffer that is kept. Threading: one
/// thread.</remarks>
internal sealed class ComparedFill : IKeySource
{
    private readonly RingFill _fill;
    private readonly KeyComparison _comparison;
    private byte[] _left = [];
    private byte[] _right = [];

    public ComparedFill(RingFill fill, KeyComparison comparison)
    {
        _fill = fill;
        _comparison = comparison;
    }

    public bool AreBytes => false;

    public KeyWords LoadWords(Span<RecordEntry> entries, int offset) =>
        throw new NotSupportedException("The bytes of a compared key say nothing about its order.");

    public int CommonLength(ReadOnlySpan<RecordEntry> entries, int offset, uint first) =>
        throw new NotSupportedException("The bytes of a compared key say nothing about its order.");

    public int Compare(uint left, uint right, int offset) =>
        _comparison.Compare(Key(left, ref _left), Key(right, ref _right));

    private ReadOnlySpan<byte> Key(uint number, ref byte[] joined)
    {
        RecordPosition position = _fill.PositionOf(number);
        return _fill.Ring.Data.Join(position.KeyStart, position.KeyLength, ref joined);
    }
}
