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
        GeneratedData data = GensortGenerator.Write(
            Stream.Null, new GensortOptions { Records = records, Ascii = ascii });

        Assert.Equal(sum, data.Checksum.ToString("x", CultureInfo.InvariantCulture));
        Assert.Equal(records, data.Records);
        Assert.Equal(records * 100, data.Bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_agrees_with_the_definition_byte_for_byte(bool ascii)
    {
        const int Records = 300;

        byte[] bytes = Generate(new GensortOptions { Records = Records, Ascii = ascii });

        for (int i = 0; i < Records; i++)
        {
            byte[] expected = ascii ? GensortModel.Ascii(i) : GensortModel.Binary(i);
            Assert.Equal(expected, bytes.AsSpan(i * 100, 100).ToArray());
        }
    }

    [Fact]
    public void Jumping_ahead_equals_stepping()
    {
        GensortState stepped = default;
        UInt128 model = UInt128.Zero;
        for (ulong n = 0; n < 2000; n++)
        {
            Assert.Equal(stepped, GensortState.At(n));
            Assert.Equal(model, new UInt128(stepped.High, stepped.Low));
            stepped = stepped.Next();
            model = GensortModel.Step(model);
        }

        GensortState far = GensortState.At(1UL << 62);
        Assert.Equal(GensortState.At((1UL << 62) + 3), far.Next().Next().Next());
    }

    [Theory]
    [InlineData(false, 1, 1)]
    [InlineData(false, 9_999, 2)]
    [InlineData(true, 10_000, 20_001)]
    [InlineData(true, 127, 130)]
    public void Write_from_a_start_gives_that_range_of_the_whole(bool ascii, long start, long records)
    {
        byte[] whole = Generate(new GensortOptions { Records = start + records, Ascii = ascii });

        byte[] range = Generate(new GensortOptions { Start = start, Records = records, Ascii = ascii });

        Assert.Equal(whole[(int)(start * 100)..], range);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_gives_the_same_bytes_with_any_number_of_threads(bool skew)
    {
        GensortOptions options = new() { Records = 65_432, Ascii = true, Skew = skew, Parallelism = 1 };

        byte[] alone = Generate(options);
        byte[] together = Generate(options with { Parallelism = 5 });

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Skew_gives_half_of_the_records_eight_keys_and_leaves_the_rest_of_each_record()
    {
        const int Records = 50_000;
        byte[] even = Generate(new GensortOptions { Records = Records, Ascii = true });
        byte[] skewed = Generate(new GensortOptions { Records = Records, Ascii = true, Skew = true });
        Dictionary<string, int> counts = [];

        for (int offset = 0; offset < skewed.Length; offset += 100)
        {
            string key = Convert.ToHexString(skewed, offset, 10);
            counts[key] = counts.GetValueOrDefault(key) + 1;
            Assert.Equal(even[(offset + 10)..(offset + 100)], skewed[(offset + 10)..(offset + 100)]);
        }

        int[] heavy = [.. counts.Values.Where(count => count > 1).OrderDescending()];
        Assert.Equal(8, heavy.Length);
        Assert.InRange(heavy.Sum(), Records * 0.48, Records * 0.52);
        Assert.InRange(heavy[0], Records * 0.23, Records * 0.27);
    }

    [Fact]
    public void Write_of_nothing_leaves_an_empty_file()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("none");

        GeneratedData data = GensortGenerator.Write(path, new GensortOptions { Records = 0 });

        Assert.Equal(new GeneratedData(0, 0, 0), data);
        Assert.Empty(File.ReadAllBytes(path));
    }

    [Fact]
    public void Write_leaves_the_older_file_and_nothing_else_when_cancelled()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("data");
        File.WriteAllText(path, "older");
        using CancellationTokenSource cancellation = new();
        CancelAtFirstReport progress = new(cancellation);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            GensortGenerator.Write(path, new GensortOptions { Records = 1_000_000 }, progress, cancellation.Token));

        Assert.Equal("older", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Write_reports_ascending_bytes_that_end_with_all()
    {
        RecordingProgress progress = new();

        GensortGenerator.Write(Stream.Null, new GensortOptions { Records = 123_456 }, progress);

        Assert.Equal(progress.Reports.Order(), progress.Reports);
        Assert.Equal(12_345_600, progress.Reports[^1]);
    }

    [Fact]
    public void Write_passes_on_the_streams_failure()
    {
        using MemoryStream small = new(new byte[1_500_000]);

        Assert.Throws<NotSupportedException>(() =>
            GensortGenerator.Write(small, new GensortOptions { Records = 500_000, Parallelism = 4 }));
    }

    [Fact]
    public void Write_to_a_device_does_not_replace_it()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "This machine has no /dev/null.");

        GensortGenerator.Write("/dev/null", new GensortOptions { Records = 10 });

        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(10, long.MaxValue - 5)]
    public void Write_refuses_ranges_that_do_not_exist(long records, long start)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            GensortGenerator.Write(Stream.Null, new GensortOptions { Records = records, Start = start }));
    }

    private static byte[] Generate(GensortOptions options)
    {
        using MemoryStream output = new();
        GensortGenerator.Write(output, options);
        return output.ToArray();
    }
}
