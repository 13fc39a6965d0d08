namespace Sluice.Sorting.Tests;

public class KeyOrderTests
{
    private enum Colour : short
    {
        Dark = -3,
        Red = 1,
        Blue = 7,
    }

    [Fact]
    public void Encoding_a_number_allocates_nothing()
    {
        AssertAllocatesNothing<short>(7);
        AssertAllocatesNothing(7);
        AssertAllocatesNothing(7L);
        AssertAllocatesNothing('7');
        AssertAllocatesNothing((UInt128)7);
        AssertAllocatesNothing(7.5f);
        AssertAllocatesNothing(7.5);
        AssertAllocatesNothing(DayOfWeek.Sunday);
        AssertAllocatesNothing(DateTime.UnixEpoch);
        AssertAllocatesNothing((7, 7L));
        AssertAllocatesNothing<int?>(7);
    }

    private static void AssertAllocatesNothing<TKey>(TKey key)
    {
        KeyOrder<TKey> order = KeyOrders.Natural<TKey>();
        RecordScratch scratch = new();
        Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Encode();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated == 0, $"{typeof(TKey)}: {allocated} bytes in 100 keys.");

        void Encode()
        {
            RecordWriter writer = new(scratch);
            order.Encode(key, ref writer);
        }
    }

    [Fact]
    public void Whole_numbers_keep_their_order()
    {
        AssertKeepsOrder<long>([long.MinValue, -5_000_000_000, -1, 0, 1, 255, 256, long.MaxValue]);
        AssertKeepsOrder<int>([int.MinValue, -256, -1, 0, 1, 65536, int.MaxValue]);
        AssertKeepsOrder<short>([short.MinValue, -1, 0, short.MaxValue]);
        AssertKeepsOrder<sbyte>([sbyte.MinValue, -1, 0, 1, sbyte.MaxValue]);
        AssertKeepsOrder<ulong>([0, 1, 1UL << 63, ulong.MaxValue]);
        AssertKeepsOrder<uint>([0, 255, 256, uint.MaxValue]);
        AssertKeepsOrder<ushort>([0, 255, 256, ushort.MaxValue]);
        AssertKeepsOrder<byte>([0, 127, 128, 255]);
        AssertKeepsOrder<char>(['\0', 'a', 'b', '\uFFFF']);
        AssertKeepsOrder<bool>([false, true]);
        AssertKeepsOrder<Int128>([Int128.MinValue, -1, 0, 1, (Int128)1 << 64, Int128.MaxValue]);
        AssertKeepsOrder<UInt128>([0, 1, (UInt128)1 << 64, UInt128.MaxValue]);
        AssertKeepsOrder<Colour>([Colour.Dark, Colour.Red, Colour.Blue]);
    }

    [Fact]
    public void Dates_and_times_keep_their_order()
    {
        AssertKeepsOrder<DateTime>([DateTime.MinValue, new DateTime(2026, 1, 1), DateTime.MaxValue]);
        AssertKeepsOrder<DateOnly>([DateOnly.MinValue, new DateOnly(2026, 1, 1), DateOnly.MaxValue]);
        AssertKeepsOrder<TimeOnly>([TimeOnly.MinValue, new TimeOnly(12, 0), TimeOnly.MaxValue]);
        AssertKeepsOrder<TimeSpan>([TimeSpan.MinValue, TimeSpan.FromTicks(-1), TimeSpan.Zero, TimeSpan.MaxValue]);
        DateTimeOffset noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        AssertKeepsOrder<DateTimeOffset>(
            [
                DateTimeOffset.MinValue,
                noon,
                noon.AddTicks(1).ToOffset(TimeSpan.FromHours(-9)),
                DateTimeOffset.MaxValue,
            ]);
    }

    [Fact]
    public void Floating_point_keeps_its_order_with_NaN_first()
    {
        AssertKeepsOrder<double>(
        [
            double.NaN, double.NegativeInfinity, double.MinValue, -1.5, -double.Epsilon, 0, double.Epsilon, 1.5,
            double.MaxValue,
            double.PositiveInfinity,
        ]);
        AssertKeepsOrder<float>([float.NaN, float.NegativeInfinity, -1.5f, 0, float.Epsilon, float.PositiveInfinity]);
        AssertKeepsOrder<Half>(
            [Half.NaN, Half.NegativeInfinity, (Half)(-1.5), Half.Zero, Half.Epsilon, Half.PositiveInfinity]);
        Assert.Equal(Encode(KeyOrders.Natural<double>(), 0.0), Encode(KeyOrders.Natural<double>(), -0.0));
        double oddNaN = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0001);
        Assert.Equal(Encode(KeyOrders.Natural<double>(), double.NaN), Encode(KeyOrders.Natural<double>(), oddNaN));
    }

    [Fact]
    public void Decimals_keep_their_order_whatever_their_scale()
    {
        AssertKeepsOrder<decimal>(
        [
            decimal.MinValue, -100, -99.9999m, -10, -9.5m, -1.000001m, -1, -0.1m, -0.0999m, -1e-28m, 0, 1e-28m, 0.0999m,
            0.1m, 0.11m,
            1, 1.000001m, 9.5m, 10, 99.9999m, 100, 12345678901234567890.12345678m, decimal.MaxValue,
        ]);
        KeyOrder<decimal> order = KeyOrders.Natural<decimal>();
        Assert.Equal(Encode(order, 1.0m), Encode(order, 1.000m));
        Assert.Equal(Encode(order, 0.00m), Encode(order, -0.0m));
        Random random = new(7);
        for (int i = 0; i < 5000; i++)
        {
            decimal a = RandomDecimal(random);
            decimal b = random.Next(3) == 0 ? a + RandomDecimal(random) / 1_000_000 : RandomDecimal(random);
            Assert.Equal(a, order.Decode(Encode(order, a)));
            Assert.Equal(a.CompareTo(b), Math.Sign(Compare(Encode(order, a), Encode(order, b))));
        }
    }

    [Fact]
    public void Text_keeps_the_order_of_code_points_also_with_zeros_and_prefixes() =>
        AssertKeepsOrder(["", "\0", "\0\0", "a", "a\0", "a\0b", "aa", "b", "é", "\uFFFF", "\U0001F600"]);

    [Fact]
    public void Text_by_code_units_is_ordinal_and_takes_lone_surrogates() =>
        AssertKeepsOrder(KeyOrders.Utf16, ["", "\0", "a", "a\0", "b", "\uD800", "\uD83D\uDE00", "\uFFFF"]);

    [Fact]
    public void A_lone_surrogate_is_refused() =>
        Assert.Throws<System.Text.EncoderFallbackException>(() => Encode(KeyOrders.Natural<string>(), "a\uD800"));

    [Fact]
    public void Null_is_refused_where_the_order_has_no_place_for_it()
    {
        Assert.Throws<ArgumentNullException>(() => Encode(KeyOrders.Natural<string>(), null!));
        Assert.Throws<ArgumentNullException>(() => Encode(KeyOrders.Utf16, null!));
        Assert.Throws<ArgumentNullException>(() => Encode(KeyOrders.Natural<byte[]>(), null!));
    }

    [Fact]
    public void Guids_keep_the_order_of_CompareTo()
    {
        Random random = new(5);
        KeyOrder<Guid> order = KeyOrders.Natural<Guid>();
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            Guid a = new(bytes);
            bytes[random.Next(16)]++;
            Guid b = new(bytes);
            Assert.Equal(a, order.Decode(Encode(order, a)));
            Assert.Equal(a.CompareTo(b), Math.Sign(Compare(Encode(order, a), Encode(order, b))));
        }
    }

    [Fact]
    public void Nulls_come_where_they_are_wanted()
    {
        AssertKeepsOrder<int?>([null, -1, 0, 5]);
        AssertKeepsOrder(KeyOrders.Nullable(KeyOrders.Natural<int>(), nullsFirst: false), [-1, 0, 5, null]);
        AssertKeepsOrder(KeyOrders.NullsFirst(KeyOrders.Natural<string>()), [null, "", "a"]);
        AssertKeepsOrder(KeyOrders.NullsLast(KeyOrders.Natural<string>()), ["", "a", null]);
    }

    [Fact]
    public void Descending_turns_every_order_around()
    {
        AssertKeepsOrder(KeyOrders.Descending(KeyOrders.Natural<long>()), [long.MaxValue, 1, 0, -1, long.MinValue]);
        AssertKeepsOrder(
            KeyOrders.Descending(KeyOrders.Natural<string>()),
            ["b", "ab", "aa\0", "aa", "a\0\0", "a\0", "a", "\0", ""]);
        AssertKeepsOrder(KeyOrders.Descending(KeyOrders.Natural<int?>()), [5, 0, -1, null]);
        AssertKeepsOrder(
            KeyOrders.Descending(KeyOrders.Descending(KeyOrders.Natural<string>())),
            ["", "\0", "a", "a\0", "a\0\0", "ab", "b"]);
        string longest = new('\0', 1000);
        AssertKeepsOrder(KeyOrders.Descending(KeyOrders.Natural<string>()), [longest, longest[1..], ""]);
    }

    [Fact]
    public void Tuples_compare_part_by_part_whatever_the_parts_hold()
    {
        AssertKeepsOrder<(string, string)>(
            [("", ""), ("", "\0"), ("", "b"), ("\0", ""), ("\0", "a"), ("a", "z"), ("a\0", ""), ("a\0b", "a"),
            ("aa", ""), ("b", "")]);
        AssertKeepsOrder<(int, string, bool)>(
            [(-1, "z", true), (0, "", false), (0, "", true), (0, "a", false), (7, "", false)]);
        AssertKeepsOrder<(string, int?, double, Guid)>(
            [("a", null, 0, default), ("a", 1, double.NaN, default), ("a", 1, 2, default), ("b", null, 0, default)]);
        AssertKeepsOrder(
            KeyOrders.Tuple(KeyOrders.Descending(KeyOrders.Natural<string>()), KeyOrders.Natural<int>()),
            [("b", 1), ("ab", 0), ("ab", 1), ("a\0", 0), ("a", -1), ("a", 5), ("", 0)]);
        AssertKeepsOrder<((string, int), string)>([(("a", 1), "z"), (("a", 2), ""), (("a\0", 1), ""), (("b", 0), "")]);
        Assert.Equal(13, KeyOrders.Natural<(int, bool, double)>().FixedLength);
        Assert.Null(KeyOrders.Natural<(int, string)>().FixedLength);
    }

    [Fact]
    public void A_type_without_an_order_is_named()
    {
        Assert.Null(KeyOrders.Find<KeyOrderTests>());
        Assert.Null(KeyOrders.Find<(int, KeyOrderTests)>());
        Assert.Contains(
            nameof(KeyOrderTests),
            Assert.Throws<NotSupportedException>(() => KeyOrders.Natural<KeyOrderTests>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Random_keys_compare_as_their_encodings_do()
    {
        Random random = new(1);
        KeyOrder<long> descending = KeyOrders.Descending(KeyOrders.Natural<long>());
        for (int i = 0; i < 2000; i++)
        {
            long a = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(60);
            long b = random.Next(3) == 0 ? a + random.Next(-1, 2) : random.NextInt64(long.MinValue, long.MaxValue);
            AssertCompares(a, b);
            AssertCompares((int)a, (int)b);
            AssertCompares((ulong)a, (ulong)b);
            AssertCompares((short)a, (short)b);
            AssertCompares(BitConverter.Int64BitsToDouble(a), BitConverter.Int64BitsToDouble(b));
            AssertCompares(BitConverter.Int32BitsToSingle((int)a), BitConverter.Int32BitsToSingle((int)b));
            AssertCompares(
                ((short)(a % 3), BitConverter.Int64BitsToDouble(b)),
                ((short)(b % 3), BitConverter.Int64BitsToDouble(a)));
            Assert.Equal(b.CompareTo(a), Math.Sign(Compare(Encode(descending, a), Encode(descending, b))));
            (string, string) left = (RandomText(random), RandomText(random));
            (string, string) right = (random.Next(2) == 0 ? left.Item1 : RandomText(random), RandomText(random));
            int first = string.CompareOrdinal(left.Item1, right.Item1);
            int expected = first != 0 ? first : string.CompareOrdinal(left.Item2, right.Item2);
            KeyOrder<(string, string)> pairs = KeyOrders.Natural<(string, string)>();
            Assert.Equal(Math.Sign(expected), Math.Sign(Compare(Encode(pairs, left), Encode(pairs, right))));
            Assert.Equal(left, pairs.Decode(Encode(pairs, left)));
        }
    }

    [Fact]
    public void Key_hash_is_the_same_everywhere_and_tells_lengths_and_bits()
    {
        Assert.Equal("a671f2dc2242cbb8", KeyHash.Of("sluice"u8).ToString("x16", null));
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

    private static string RandomText(Random random) =>
        new([.. Enumerable.Range(0, random.Next(4)).Select(_ => "\0\u0001ab"[random.Next(4)])]);

    private static decimal RandomDecimal(Random random) =>
        new(
            random.Next(),
            random.Next(3) == 0 ? random.Next() : 0,
            random.Next(5) == 0 ? random.Next() : 0,
            random.Next(2) == 0,
            (byte)random.Next(28));

    private static void AssertCompares<T>(T a, T b)
        where T : IComparable<T>
    {
        KeyOrder<T> order = KeyOrders.Natural<T>();
        Assert.Equal(a, order.Decode(Encode(order, a)));
        Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(Compare(Encode(order, a), Encode(order, b))));
    }

    private static void AssertKeepsOrder<T>(T[] ascending) => AssertKeepsOrder(KeyOrders.Natural<T>(), ascending);

    private static void AssertKeepsOrder<T>(KeyOrder<T> order, T[] ascending)
    {
        for (int i = 0; i < ascending.Length; i++)
        {
            byte[] encoded = Encode(order, ascending[i]);
            Assert.Equal(ascending[i], order.Decode(encoded));
            Assert.True(order.FixedLength is null || order.FixedLength == encoded.Length);
            for (int j = 0; j < ascending.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(Compare(encoded, Encode(order, ascending[j]))));
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
