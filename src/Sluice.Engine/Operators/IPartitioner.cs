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
