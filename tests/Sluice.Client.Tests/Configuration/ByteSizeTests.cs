namespace Sluice.Client.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("17B", 17)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64mib", 64L << 20)]
    [InlineData("64 M", 64L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("2K", 2048)]
    [InlineData("2KB", 2000)]
    [InlineData("3MB", 3_000_000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("2T", 2L << 40)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_reads_sizes_as_people_write_them(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("5x")]
    [InlineData("1..5K")]
    [InlineData("1,000")]
    [InlineData("64MiBs")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000TiB")]
    public void TryParse_refuses_what_is_no_size(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
