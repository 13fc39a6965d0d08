namespace Sluice.Client.Tests;

public class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("30s", 30)]
    [InlineData("1.5 min", 90)]
    [InlineData("10m", 600)]
    [InlineData("2H", 7200)]
    [InlineData("250ms", 0.25)]
    public void Numbers_with_units_are_times(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1,5s")]
    [InlineData("1d")]
    [InlineData("99999999h")]
    public void Anything_else_is_none(string text) => Assert.Null(Duration.Parse(text));
}
