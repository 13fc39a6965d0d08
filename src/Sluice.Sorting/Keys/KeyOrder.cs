namespace Sluice.Sorting;

/// <summary>The one answer to how keys of a type are ordered: partitioner, sampler, sorter and merger ask only it.</summary>
/// <remarks>Encoded keys compare as unsigned bytes, the shorter first on a tie, in the order of the keys they encode.
/// An instance keeps no state and may be used by any thread.</remarks>
/// <typeparam name="TKey">May be a span, so that no key is allocated.</typeparam>
public abstract class KeyOrder<TKey>
    where TKey : allows ref struct
{
    /// <summary>Appends the key's encoding.</summary>
    public abstract void Encode(TKey key, ref RecordWriter writer);

    /// <summary>The key that was encoded; it may point into <paramref name="encoded"/>.</summary>
    public abstract TKey Decode(ReadOnlySpan<byte> encoded);
}
