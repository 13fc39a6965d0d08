using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// Partition p takes the keys from boundary p-1 on and below boundary p: a total order over partitions.
/// </summary>
internal sealed class RangePartitioner : IPartitioner
{
    // So many boundaries are compared at once faster than one after the other.
    private const int MostCounted = 32;

    private readonly byte[][] _boundaries;

    // Filled up to whole vectors with the largest prefix there is: none is above it.
    private readonly ulong[] _prefixes;

    /// <param name="boundaries">Sorted keys; one fewer than there are partitions.</param>
    public RangePartitioner(byte[][] boundaries)
    {
        _boundaries = boundaries;
        int vectors = (boundaries.Length + Vector256<ulong>.Count - 1) / Vector256<ulong>.Count;
        _prefixes = new ulong[vectors * Vector256<ulong>.Count];
        Array.Fill(_prefixes, ulong.MaxValue);
        for (int i = 0; i < boundaries.Length; i++)
        {
            _prefixes[i] = KeyPrefix.Of(boundaries[i]);
        }
    }

    /// <summary>How many boundaries are not above the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int PartitionOf(ReadOnlySpan<byte> key)
    {
        ulong prefix = KeyPrefix.Of(key);
        ref ulong prefixes = ref MemoryMarshal.GetArrayDataReference(_prefixes);
        int low = _boundaries.Length <= MostCounted
            ? CountBelow(ref prefixes, _prefixes.Length, prefix)
            : SearchBelow(ref prefixes, _boundaries.Length, prefix);
        return low < _boundaries.Length && Unsafe.Add(ref prefixes, low) == prefix ? AmongTies(low, prefix, key) : low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountBelow(ref ulong prefixes, int count, ulong prefix)
    {
        int below = 0;
        for (int i = 0; i < count; i += Vector256<ulong>.Count)
        {
            Vector256<ulong> some = Vector256.LoadUnsafe(ref prefixes, (nuint)i);
            below += BitOperations.PopCount(
                Vector256.LessThan(some, Vector256.Create(prefix)).ExtractMostSignificantBits());
        }

        return below;
    }

    // Which half a key falls into cannot be predicted: the search moves by arithmetic, not by branches.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SearchBelow(ref ulong prefixes, int count, ulong prefix)
    {
        int low = 0;
        while (count > 0)
        {
            int half = (count + 1) >> 1;
            int isBelow = Unsafe.Add(ref prefixes, low + half - 1) < prefix ? 1 : 0;
            low += half & -isBelow;
            count -= half;
        }

        return low;
    }

    // Boundaries with the key's own prefix: their bytes decide.
    private int AmongTies(int low, ulong prefix, ReadOnlySpan<byte> key)
    {
        int high = _boundaries.Length;
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
