using System.Globalization;

namespace Sluice.Client.Tests;

public sealed class GensortGeneratorTests
{
    [Theory]
    [InlineData(false, 1, "9ea593a0")]
    [InlineData(false, 1000, "1ea6370b955")]
    [InlineData(false, 1_000_000, "7a0e0d4868cd4")]
    [InlineData(true, 1, "3fcaea0a")]
    [InlineData(true, 1000, "1f5dfb3631a")]
    [InlineData(true, 1_000_000, "7a19cff467438")]
    public void Write_gives_the_public_generators_sum(bool ascii, long records, string sum)
    {
        GeneratedData data = GensortGenerator.Write(Stream.Null, new GensortOptions { Records = records, Ascii = ascii });

        Assert.Equal(sum, data.Checksum.ToString("x", CultureInfo.InvariantCulture));
        Assert.Equal(records, data.Records);
        Assert.Equal(records * 100, data.Bytes);
    }
}
