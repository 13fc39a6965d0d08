namespace Sluice.Sorting;

/// <summary>
/// The one answer to how keys of a type are ordered: partitioner, sampler, sorter and merger ask only it.
/// </summary>
/// <remarks>Encoded keys compare as unsigned bytes, the shorter first on a tie, in the order of the keys they encode.
/// Keys that are equal in the order have equal encodings, and each decodes to one of them. Neither holds for an order
/// with a <see cref="Comparison"/>, which is asked instead (<c>KeyOrders.Compared</c>).
/// An instance keeps no state and may be used by any thread.</remarks>
/// <typeparam name="TKey">May be a span, so that no key is allocated.</typeparam>
public abstract class KeyOrder<TKey>
    where TKey : allows ref struct
{
    /// <summary>Bytes of every encoding when all are of one length, or null. Orders made of several need it.</summary>
    public virtual int? FixedLength => null;

    /// <summary>Compares encoded keys when their bytes do not; null where bytes are compared, which is much
    /// faster.</summary>
    public virtual KeyComparison? Comparison => null;

    /// <summary>Appends the key's encoding.</summary>
    public abstract void Encode(TKey key, ref RecordWriter writer);

    /// <summary>The key that was encoded; it may point into <paramref name="encoded"/>.</summary>
    public abstract TKey Decode(ReadOnlySpan<byte> encoded);
}
