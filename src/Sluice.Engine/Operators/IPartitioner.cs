using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// Tells a record's partition from its key alone, so that a rerun gives each partition the same records.
/// </summary>
internal interface IPartitioner
{
    int PartitionOf(ReadOnlySpan<byte> key);
}

/// <summary>Everything into the one partition there is.</summary>
internal readonly struct SinglePartitioner : IPartitioner
{
    public int PartitionOf(ReadOnlySpan<byte> key) => 0;
}

/// <summary>Equal keys meet, different keys spread evenly.</summary>
internal readonly struct HashPartitioner(int partitions) : IPartitioner
{
    public int PartitionOf(ReadOnlySpan<byte> key) => PartitionOf(KeyHash.Of(key), partitions);

    // The upper half of the product: uses the hash's high bits, without a division.
    public static int PartitionOf(ulong hash, int partitions) => (int)Math.BigMul(hash, (ulong)partitions, out _);
}

/// <summary>Ranges like those of <see cref="RangePartitioner"/>, of keys that a comparison orders.</summary>
internal sealed class ComparedRangePartitioner : IPartitioner
{
    private readonly byte[][] _boundaries;
    private readonly KeyComparison _comparison;

    /// <param name="boundaries">Whole keys in order; fewer than there are partitions.</param>
    /// <param name="comparison">The order.</param>
    public ComparedRangePartitioner(byte[][] boundaries, KeyComparison comparison)
    {
        _boundaries = boundaries;
        _comparison = comparison;
    }

    /// <summary>How many boundaries are not above the key.</summary>
    public int PartitionOf(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _boundaries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_comparison.Compare(_boundaries[middle], key) > 0)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}

/// <summary>
/// Partition p takes the keys from boundary p-1 on and below boundary p: a total order over partitions.
/// </summary>
internal sealed class RangePartitioner : IPartitioner
{
    private readonly byte[][] _boundaries;
    private readonly ulong[] _prefixes;

    /// <param name="boundaries">Sorted keys; one fewer than there are partitions.</param>
    public RangePartitioner(byte[][] boundaries)
    {
        _boundaries = boundaries;
        _prefixes = [.. boundaries.Select(key => KeyPrefix.Of(key))];
    }

    /// <summary>How many boundaries are not above the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int PartitionOf(ReadOnlySpan<byte> key)
    {
        // Which half a key falls into cannot be predicted: the search moves by arithmetic, not by branches.
        ulong prefix = KeyPrefix.Of(key);
        ref ulong prefixes = ref MemoryMarshal.GetArrayDataReference(_prefixes);
        int low = 0;
        int count = _prefixes.Length;
        while (count > 0)
        {
            int half = (count + 1) >> 1;
            int isBelow = Unsafe.Add(ref prefixes, low + half - 1) < prefix ? 1 : 0;
            low += half & -isBelow;
            count -= half;
        }

        return low < _prefixes.Length && Unsafe.Add(ref prefixes, low) == prefix ? AmongTies(low, prefix, key) : low;
    }

    // Boundaries with the key's own prefix: their bytes decide.
    private int AmongTies(int low, ulong prefix, ReadOnlySpan<byte> key)
    {
        int high = _prefixes.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_prefixes[middle] != prefix || _boundaries[middle].AsSpan().SequenceCompareTo(key) > 0)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
