using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Tells a record's partition from its key alone, so that a rerun gives each partition the same records.</summary>
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

/// <summary>Partition p takes the keys from boundary p-1 on and below boundary p: a total order over partitions.</summary>
internal sealed class RangePartitioner : IPartitioner
{
    private readonly byte[][] _boundaries;
    private readonly ulong[] _prefixes;

    /// <param name="boundaries">Sorted keys; one fewer than there are partitions.</param>
    public RangePartitioner(byte[][] boundaries)
    {
        _boundaries = boundaries;
        _prefixes = [.. boundaries.Select(key => PrefixOf(key))];
    }

    /// <summary>How many boundaries are not above the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int PartitionOf(ReadOnlySpan<byte> key)
    {
        ulong prefix = PrefixOf(key);
        int low = 0;
        int high = _prefixes.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            bool isAbove = _prefixes[middle] != prefix
                ? _prefixes[middle] > prefix
                : _boundaries[middle].AsSpan().SequenceCompareTo(key) > 0;
            if (isAbove)
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

    private static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
