namespace Sluice.Sorting.Tests;

public class KeyOrderTests
{
    [Fact]
    public void Whole_numbers_keep_their_order()
    {
        AssertKeepsOrder<long>([long.MinValue, -5_000_000_000, -1, 0, 1, 255, 256, long.MaxValue]);
        AssertKeepsOrder<int>([int.MinValue, -256, -1, 0, 1, 65536, int.MaxValue]);
        AssertKeepsOrder<short>([short.MinValue, -1, 0, short.MaxValue]);
        AssertKeepsOrder<ulong>([0, 1, 1UL << 63, ulong.MaxValue]);
        AssertKeepsOrder<uint>([0, 255, 256, uint.MaxValue]);
        AssertKeepsOrder<byte>([0, 127, 128, 255]);
        AssertKeepsOrder<char>(['\0', 'a', 'b', '\uFFFF']);
        AssertKeepsOrder<bool>([false, true]);
        AssertKeepsOrder<DateTime>([DateTime.MinValue, new DateTime(2026, 1, 1), DateTime.MaxValue]);
    }

    [Fact]
    public void Floating_point_keeps_its_order_with_NaN_first()
    {
        AssertKeepsOrder<double>(
        [
            double.NaN, double.NegativeInfinity, double.MinValue, -1.5, -double.Epsilon, 0, double.Epsilon, 1.5, double.MaxValue,
            double.PositiveInfinity,
        ]);
        Assert.Equal(Encode(KeyOrders.Find<double>()!, 0.0), Encode(KeyOrders.Find<double>()!, -0.0));
    }

    [Fact]
    public void Text_keeps_the_order_of_code_points_also_with_zeros_and_prefixes() =>
        AssertKeepsOrder(["", "\0", "\0\0", "a", "a\0", "a\0b", "aa", "b", "é", "\uFFFF", "\U0001F600"]);

    [Fact]
    public void A_lone_surrogate_is_refused() =>
        Assert.Throws<System.Text.EncoderFallbackException>(() => Encode(KeyOrders.Find<string>()!, "a\uD800"));

    [Fact]
    public void Random_numbers_compare_as_their_encodings_do()
    {
        Random random = new(1);
        KeyOrder<long> longs = KeyOrders.Find<long>()!;
        KeyOrder<double> doubles = KeyOrders.Find<double>()!;
        DescendingOrder descending = new();
        for (int i = 0; i < 2000; i++)
        {
            long a = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(60);
            long b = random.Next(3) == 0 ? a + random.Next(-1, 2) : random.NextInt64(long.MinValue, long.MaxValue);
            Assert.Equal(a.CompareTo(b), Math.Sign(Compare(Encode(longs, a), Encode(longs, b))));
            Assert.Equal(b.CompareTo(a), Math.Sign(Compare(Encode(descending, a), Encode(descending, b))));
            Assert.Equal(a, descending.Decode(Encode(descending, a)));
            double x = BitConverter.Int64BitsToDouble(a);
            double y = BitConverter.Int64BitsToDouble(b);
            Assert.Equal(Math.Sign(x.CompareTo(y)), Math.Sign(Compare(Encode(doubles, x), Encode(doubles, y))));
        }
    }

    [Fact]
    public void Key_hash_is_the_same_everywhere_and_tells_lengths_and_bits()
    {
        Assert.Equal("c26c470559c8f293", KeyHash.Of("sluice"u8).ToString("x16", null));
        HashSet<ulong> hashes = [];
        for (int length = 0; length < 40; length++)
        {
            byte[] key = new byte[length];
            Assert.True(hashes.Add(KeyHash.Of(key)));
            for (int bit = 0; bit < length * 8; bit++)
            {
                key[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(hashes.Add(KeyHash.Of(key)), $"Bit {bit} of {length} bytes changes nothing.");
                key[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static void AssertKeepsOrder<T>(T[] ascending)
    {
        KeyOrder<T> order = KeyOrders.Find<T>()!;
        for (int i = 0; i < ascending.Length; i++)
        {
            Assert.Equal(ascending[i], order.Decode(Encode(order, ascending[i])));
            for (int j = 0; j < ascending.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(Compare(Encode(order, ascending[i]), Encode(order, ascending[j]))));
            }
        }
    }

    private static byte[] Encode<T>(KeyOrder<T> order, T key)
    {
        RecordWriter writer = new(new RecordScratch());
        order.Encode(key, ref writer);
        return writer.Written.ToArray();
    }

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);
}
