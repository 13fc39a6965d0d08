namespace Sluice.Client.Tests;

public sealed class ByteTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1L << 30, "1 GiB")]
    [InlineData(long.MaxValue, "8 EiB")]
    public void OfBytes_takes_the_largest_unit(long bytes, string text) => Assert.Equal(text, ByteText.OfBytes(bytes));

    [Theory]
    [InlineData(0, "0.00 s")]
    [InlineData(9.994, "9.99 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(61, "1 min 01 s")]
    [InlineData(3599, "59 min 59 s")]
    [InlineData(7500, "2 h 05 min")]
    public void OfSeconds_is_as_exact_as_people_need(double seconds, string text) =>
        Assert.Equal(text, ByteText.OfSeconds(seconds));

    [Fact]
    public void OfRate_has_no_rate_before_time_has_passed()
    {
        Assert.Equal("-", ByteText.OfRate(100, 0));
        Assert.Equal("2 KiB/s", ByteText.OfRate(4096, 2));
    }

    [Fact]
    public void OfCount_separates_thousands() => Assert.Equal("1,234,567", ByteText.OfCount(1_234_567));
}
