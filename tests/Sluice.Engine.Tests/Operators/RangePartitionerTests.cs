namespace Sluice.Engine.Tests;

public class RangePartitionerTests
{
    [Fact]
    public void A_key_goes_behind_the_boundaries_that_are_not_above_it()
    {
        byte[][] boundaries = [[], [1], [1, 0], "middle of them"u8.ToArray(), "middle of them all"u8.ToArray(), [200]];
        byte[][] others = [[0], [2], "middle of"u8.ToArray(), "middle of them a"u8.ToArray(), [255, 255]];

        AssertAsCounted(boundaries, [.. boundaries, .. others]);
    }

    // Few boundaries are compared side by side, four in a vector; many are searched.
    [Theory]
    [Seeded(1, 0)]
    [Seeded(2, 1)]
    [Seeded(3, 7)]
    [Seeded(4, 8)]
    [Seeded(5, 9)]
    [Seeded(6, 31)]
    [Seeded(7, 32)]
    [Seeded(8, 33)]
    [Seeded(9, 200)]
    public void Any_number_of_boundaries_divides_keys_alike(int seed, int count)
    {
        Random random = new(seed);
        byte[][] boundaries = [.. Enumerable.Range(0, count).Select(_ => Key(random))];
        Array.Sort(boundaries, (left, right) => left.AsSpan().SequenceCompareTo(right));

        AssertAsCounted(boundaries, [.. boundaries, .. Enumerable.Range(0, 300).Select(_ => Key(random))]);
    }

    private static void AssertAsCounted(byte[][] boundaries, byte[][] keys)
    {
        RangePartitioner partitioner = new(boundaries);

        Assert.All(keys, key => Assert.Equal(
            boundaries.Count(boundary => boundary.AsSpan().SequenceCompareTo(key) <= 0), partitioner.PartitionOf(key)));
    }

    // Of few letters, the highest there is among them, so that prefixes are equal, and end alike, in many.
    private static byte[] Key(Random random)
    {
        byte[] key = new byte[random.Next(12)];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)255;
        }

        return key;
    }
}
