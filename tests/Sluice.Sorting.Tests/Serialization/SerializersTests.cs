using System.Runtime.CompilerServices;

namespace Sluice.Sorting.Tests;

public class SerializersTests
{
    [Fact]
    public void Built_in_types_come_back_as_they_were()
    {
        AssertComesBack(true, false);
        AssertComesBack<byte>(0, 255);
        AssertComesBack<sbyte>(-128, 127);
        AssertComesBack(short.MinValue, short.MaxValue);
        AssertComesBack(ushort.MaxValue);
        AssertComesBack('\0', '\uFFFF');
        AssertComesBack(int.MinValue, 7, int.MaxValue);
        AssertComesBack(uint.MaxValue);
        AssertComesBack(long.MinValue, long.MaxValue);
        AssertComesBack(ulong.MaxValue);
        AssertComesBack(Int128.MinValue, Int128.MaxValue);
        AssertComesBack(UInt128.MaxValue);
        AssertComesBack(Half.Epsilon);
        AssertComesBack(float.NaN, -0f);
        AssertComesBack(double.MinValue, double.NaN);
        AssertComesBack(decimal.MinValue, 1.00m);
        AssertComesBack(Guid.NewGuid());
        AssertComesBack(DateTime.MaxValue, DateTime.UnixEpoch);
        AssertComesBack(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(-9)),
            new DateTimeOffset(1, 1, 1, 14, 0, 0, TimeSpan.FromHours(14)),
            DateTimeOffset.MinValue,
            DateTimeOffset.MaxValue);
        AssertComesBack(DateOnly.MaxValue);
        AssertComesBack(TimeOnly.MaxValue);
        AssertComesBack(TimeSpan.MinValue);
        AssertComesBack(DayOfWeek.Friday);
        AssertComesBack("", "a\0é\U0001F600", new string('x', 5000));
        AssertComesBack<byte[]>([], [0, 1, 255]);
        AssertComesBack<int?>(null, 0, -1);
        AssertComesBack<(int, string)>((1, ""), (2, new string('y', 300)));
        AssertComesBack<(string, char, double?)>(("", (char)0, null), ("a", (char)7, 0.5));
        Assert.Equal<byte>([1, 2], Pass(("a", new byte[] { 1, 2 })).Item2);
        AssertComesBack<(string, (string, int), bool, Guid)>(("a", ("b", 1), true, Guid.NewGuid()));
    }

    [Fact]
    public void Decimals_and_dates_keep_what_equality_does_not_see()
    {
        Assert.Equal("1.00", Pass(1.00m).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, Pass(DateTime.UtcNow).Kind);
    }

    [Fact]
    public void Equal_dates_with_offsets_are_written_as_equal_bytes_whatever_lies_between_their_fields()
    {
        DateTimeOffset date = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-210));
        Span<byte> raw = stackalloc byte[Unsafe.SizeOf<DateTimeOffset>()];
        raw.Fill(0xA5);
        ref DateTimeOffset littered = ref Unsafe.As<byte, DateTimeOffset>(ref raw[0]);
        Unsafe.AsRef(in littered) = date;

        Assert.Equal(date.Offset, Pass(date).Offset);
        Assert.Equal(Convert.ToHexString(Written(date)), Convert.ToHexString(Written(littered)));
        Assert.Equal(10, Written(date).Length);
    }

    private static byte[] Written<T>(T value)
    {
        RecordWriter writer = new(new RecordScratch());
        Serializers.Find<T>()!.Write(value, ref writer);
        return writer.Written.ToArray();
    }

    [Fact]
    public void Groups_of_keys_in_their_natural_order_come_back()
    {
        AssertGroupComesBack("key", 7L);
        AssertGroupComesBack((1, "a"), 0.5);
        Assert.NotNull(Serializers.Find<Group<ReadOnlySpan<byte>, int>>());
        Assert.Null(Serializers.Find<Group<Version, int>>());
        Assert.Null(Serializers.Find<Group<int, string>>());
    }

    private static void AssertGroupComesBack<TKey, TValue>(TKey key, TValue value)
    {
        Serializer<Group<TKey, TValue>> serializer = Serializers.Find<Group<TKey, TValue>>()!;
        RecordWriter writer = new(new RecordScratch());
        serializer.Write(new Group<TKey, TValue>(key, value), ref writer);

        Group<TKey, TValue> back = serializer.Read(writer.Written);

        Assert.Equal((key, value), (back.Key, back.Value));
    }

    [Fact]
    public void Null_is_an_error_where_it_would_come_back_as_something_else()
    {
        Assert.Throws<ArgumentNullException>(() => Pass<string>(null!));
        Assert.Throws<ArgumentNullException>(() => Pass<byte[]>(null!));
        Assert.Throws<ArgumentNullException>(() => Pass<(int, string)>((1, null!)));
    }

    [Fact]
    public void A_part_longer_than_what_holds_it_is_an_error()
    {
        Serializer<(string, string)> serializer = Serializers.Find<(string, string)>()!;
        RecordWriter writer = new(new RecordScratch());
        serializer.Write(("some", "text"), ref writer);
        byte[] bytes = writer.Written.ToArray();
        bytes[5] = 100;

        Assert.Throws<InvalidDataException>(() => serializer.Read(bytes));
        Assert.Throws<InvalidDataException>(() => serializer.Read(bytes.AsSpan(0, 5)));
    }

    [Fact]
    public void A_serializer_can_be_registered_and_is_then_found_in_tuples_too()
    {
        Assert.Null(Serializers.Find<Version>());
        Assert.Null(Serializers.Find<(Version, int)>());

        Serializers.Register(new VersionSerializer());

        AssertComesBack(new Version(1, 2, 3));
        AssertComesBack((new Version(1, 2, 3), 4));
    }

    private static void AssertComesBack<T>(params T[] items) =>
        Assert.All(items, item => Assert.Equal(item, Pass(item)));

    private static T Pass<T>(T item)
    {
        Serializer<T> serializer = Serializers.Find<T>()!;
        RecordWriter writer = new(new RecordScratch());
        serializer.Write(item, ref writer);
        Assert.True(serializer.FixedLength is null || serializer.FixedLength == writer.Written.Length);
        return serializer.Read(writer.Written);
    }

    private sealed class VersionSerializer : Serializer<Version>
    {
        public override void Write(Version value, ref RecordWriter writer) => writer.WriteText(value.ToString());

        public override Version Read(ReadOnlySpan<byte> bytes) =>
            Version.Parse(System.Text.Encoding.UTF8.GetString(bytes));
    }
}
