namespace Sluice.Sorting;

/// <summary>Compares encoded keys whose bytes do not compare as the keys do.</summary>
/// <remarks>Chosen once for a sort, a merge or a partitioner; orders without one take the way of bytes. An instance
/// keeps no state and may be used by any thread.</remarks>
public abstract class KeyComparison
{
    /// <summary>Negative when <paramref name="left"/> comes first, positive when <paramref name="right"/> does, 0 when
    /// the order does not tell them apart.</summary>
    public abstract int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    /// <summary>A number that orders no two keys otherwise than <see cref="Compare"/>: keys of different numbers are
    /// not compared.</summary>
    public virtual ulong PrefixOf(ReadOnlySpan<byte> key) => 0;
}
