using System.Buffers.Binary;

namespace Sluice.Engine.Tests;

public class KeySampleTests
{
    [Theory]
    [Seeded(1, 2)]
    [Seeded(2, 8)]
    [Seeded(3, 30)]
    public void Ranges_have_nearly_as_many_keys_as_each_other(int seed, int ranges)
    {
        const int Keys = 200_000;
        Random random = new(seed);
        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(_ => KeyOf((uint)random.Next()))];

        int[] counts = CountsOf(BoundariesOf(ranges, keys), keys);

        Assert.Equal(ranges, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 0.85 * Keys / ranges, 1.15 * Keys / ranges));
    }

    // What came last counts as much as what came first.
    [Fact]
    public void The_sample_is_of_all_keys_whatever_their_order()
    {
        const int Keys = 100_000;
        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(key => KeyOf((uint)key))];

        int[] counts = CountsOf(BoundariesOf(4, keys), keys);

        Assert.All(counts, count => Assert.InRange(count, 0.9 * Keys / 4, 1.1 * Keys / 4));
    }

    [Fact]
    public void The_same_keys_give_the_same_boundaries()
    {
        byte[][] keys = [.. Enumerable.Range(0, 60_000).Select(key => KeyOf((uint)key * 2_654_435_761))];

        Assert.Equal(BoundariesOf(5, keys), BoundariesOf(5, keys));
    }

    // A key that is replaced by one of another length must not keep bytes of the one before.
    [Fact]
    public void Boundaries_are_keys_that_were_seen()
    {
        Random random = new(1);
        byte[][] keys = [.. Enumerable.Range(0, 30_000).Select(_ => new byte[random.Next(1, 40)])];
        Array.ForEach(keys, random.NextBytes);

        byte[][] boundaries = BoundariesOf(4, keys);

        Assert.All(boundaries, boundary => Assert.Contains(boundary, keys));
    }

    [Fact]
    public void Fewer_keys_than_ranges_leave_some_empty()
    {
        Assert.Equal([[], [], []], BoundariesOf(4, []));
        Assert.Equal([[7], [7], [7]], BoundariesOf(4, [[7]]));
        Assert.Empty(BoundariesOf(1, [[7], [8]]));
    }

    [Fact]
    public void A_long_key_is_cut()
    {
        byte[] key = [.. Enumerable.Repeat((byte)3, 1000)];

        byte[] boundary = Assert.Single(BoundariesOf(2, [key]));

        Assert.InRange(boundary.Length, 1, key.Length - 1);
        Assert.True(key.AsSpan().StartsWith(boundary));
    }

    private static byte[][] BoundariesOf(int ranges, IEnumerable<byte[]> keys)
    {
        KeySample sample = new(ranges, null);
        foreach (byte[] key in keys)
        {
            sample.Add(key);
        }

        return sample.Boundaries();
    }

    private static int[] CountsOf(byte[][] boundaries, byte[][] keys)
    {
        RangePartitioner partitioner = new(boundaries);
        int[] counts = new int[boundaries.Length + 1];
        foreach (byte[] key in keys)
        {
            counts[partitioner.PartitionOf(key)]++;
        }

        return counts;
    }

    private static byte[] KeyOf(uint number)
    {
        byte[] key = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(key, number);
        return key;
    }
}
