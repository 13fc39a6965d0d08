namespace Sluice.Sorting.Tests;

public sealed class KeyPrefixTests
{
    [Theory]
    [InlineData("", 0x0000000000000000)]
    [InlineData("a", 0x6100000000000000)]
    [InlineData("abc", 0x6162630000000000)]
    [InlineData("abcdefg", 0x6162636465666700)]
    [InlineData("abcdefgh", 0x6162636465666768)]
    [InlineData("abcdefghi", 0x6162636465666768)]
    public void A_prefix_is_the_first_eight_bytes_with_zeros_behind_a_shorter_key(string key, ulong prefix) =>
        Assert.Equal(prefix, KeyPrefix.Of(System.Text.Encoding.ASCII.GetBytes(key)));

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Prefixes_and_what_is_behind_them_order_keys_as_bytes(int seed)
    {
        Random random = new(seed);
        int equal = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] left = Key(random);
            byte[] right = round % 2 == 0 ? Key(random) : Changed(left, random);
            (ulong leftPrefix, ulong rightPrefix) = (KeyPrefix.Of(left), KeyPrefix.Of(right));

            int order = leftPrefix != rightPrefix
                ? leftPrefix.CompareTo(rightPrefix)
                : KeyPrefix.CompareBehind(left, right);

            equal += leftPrefix == rightPrefix ? 1 : 0;
            Assert.Equal(Math.Sign(left.AsSpan().SequenceCompareTo(right)), Math.Sign(order));
        }

        Assert.InRange(equal, 5_000, 20_000);
    }

    // Of few different bytes, zero among them; up to beyond where the wide comparison begins.
    private static byte[] Key(Random random) =>
        [.. Enumerable.Range(0, random.Next(random.Next(4, 150))).Select(_ => (byte)random.Next(2))];

    // One byte is another, or the end is cut off, or nothing is changed.
    private static byte[] Changed(byte[] key, Random random)
    {
        byte[] changed = key[..random.Next(Math.Max(0, key.Length - 3), key.Length + 1)];
        if (changed.Length > 0 && random.Next(2) == 0)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }
}
