namespace Sluice.Sorting;

/// <summary>An order that a comparer decides; its serializer carries the keys.</summary>
internal sealed class ComparedOrder<TKey> : KeyOrder<TKey>
    where TKey : allows ref struct
{
    private readonly Comparison<TKey> _compare;
    private readonly Serializer<TKey> _serializer;
    private readonly Func<TKey, ulong>? _prefix;

    public ComparedOrder(Comparison<TKey> compare, Serializer<TKey> serializer, Func<TKey, ulong>? prefix)
    {
        _compare = compare;
        _serializer = serializer;
        _prefix = prefix;
        Comparison = new DecodedComparison(this);
    }

    public override KeyComparison Comparison { get; }

    public override void Encode(TKey key, ref RecordWriter writer) => _serializer.Write(key, ref writer);

    public override TKey Decode(ReadOnlySpan<byte> encoded) => _serializer.Read(encoded);

    /// <summary>The largest key first; equal keys keep their order.</summary>
    public ComparedOrder<TKey> Reversed()
    {
        Func<TKey, ulong>? prefix = _prefix;
        return new ComparedOrder<TKey>(
            (left, right) => _compare(right, left), _serializer, prefix is null ? null : key => ~prefix(key));
    }

    private sealed class DecodedComparison(ComparedOrder<TKey> order) : KeyComparison
    {
        public override int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
            order._compare(order._serializer.Read(left), order._serializer.Read(right));

        public override ulong PrefixOf(ReadOnlySpan<byte> key) =>
            order._prefix is null ? 0 : order._prefix(order._serializer.Read(key));
    }
}
