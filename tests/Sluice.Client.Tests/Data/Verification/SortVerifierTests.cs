using System.Text;

namespace Sluice.Client.Tests;

public sealed class SortVerifierTests
{
    [Fact]
    public void Verify_finds_nothing_wrong_in_sorted_lines()
    {
        VerifyReport report = VerifyText("a\nab\nb\nba\n");

        Assert.True(report.IsOrdered);
        Assert.Null(report.FirstUnordered);
        Assert.Equal((4, 10, 0), (report.Records, report.Bytes, report.DuplicateKeys));
    }

    [Fact]
    public void Verify_names_the_first_place_out_of_order()
    {
        using TemporaryDirectory directory = new();
        string first = directory.Write("part-00000", "a\nc\n"u8);
        string second = directory.Write("part-00001", "d\nddd\nb\ne\nd\n"u8);

        VerifyReport report = SortVerifier.Verify([first, second], new VerifyOptions());

        Assert.False(report.IsOrdered);
        Assert.Equal(2, report.Unordered);
        Assert.Equal(new UnorderedPlace(second, Record: 2, Offset: 6), report.FirstUnordered);
    }

    [Fact]
    public void Verify_compares_files_where_they_meet_also_across_empty_ones()
    {
        using TemporaryDirectory directory = new();
        string first = directory.Write("part-00000", "a\nm"u8);
        string empty = directory.Write("part-00001", ""u8);
        string second = directory.Write("part-00002", "l\nz\n"u8);
        string third = directory.Write("part-00003", "z\n"u8);

        VerifyReport report = SortVerifier.Verify([first, empty, second, third], new VerifyOptions());

        Assert.Equal(1, report.Unordered);
        Assert.Equal(new UnorderedPlace(second, Record: 0, Offset: 0), report.FirstUnordered);
        Assert.Equal(1, report.DuplicateKeys);
        Assert.Equal(4, report.Files);
    }

    [Fact]
    public void Verify_counts_records_whose_key_was_there_before()
    {
        VerifyReport report = VerifyText("\n\n\na\na\nb\n");

        Assert.True(report.IsOrdered);
        Assert.Equal(3, report.DuplicateKeys);
    }

    [Fact]
    public void Verify_of_nothing_is_ordered_and_empty()
    {
        VerifyReport none = SortVerifier.Verify([], new VerifyOptions());
        VerifyReport empty = VerifyText("");

        Assert.Equal((0, 0L, true, "0"), (none.Files, none.Records, none.IsOrdered, none.ChecksumText));
        Assert.Equal((1, 0L, true, "0"), (empty.Files, empty.Records, empty.IsOrdered, empty.ChecksumText));
    }

    [Fact]
    public void A_last_line_without_newline_is_a_record_with_the_same_sum()
    {
        VerifyReport with = VerifyText("a\nb\n");
        VerifyReport without = VerifyText("a\nb");

        Assert.Equal(2, without.Records);
        Assert.Equal(3, without.Bytes);
        Assert.Equal(with.Checksum, without.Checksum);
    }

    [Fact]
    public void The_sum_ignores_order_and_notices_a_changed_byte()
    {
        VerifyReport sorted = VerifyText("a\nb\nc\n");
        VerifyReport swapped = VerifyText("a\nc\nb\n");
        VerifyReport changed = VerifyText("a\nb\nd\n");

        Assert.Equal(sorted.Checksum, swapped.Checksum);
        Assert.Equal(1, swapped.Unordered);
        Assert.NotEqual(sorted.Checksum, changed.Checksum);
    }

    [Theory]
    [InlineData("a\u0001\nB\u0002\n", 1, 1, 0)]
    [InlineData("xxa\nxxb\nxxb\n", 2, null, 0)]
    [InlineData("xxb1\nxxa2\n", 2, 1, 1)]
    [InlineData("x\nxx\nxxa\n", 2, 1, 0)]
    public void Verify_compares_only_the_key(string text, int offset, int? length, long unordered)
    {
        VerifyReport report = VerifyText(text, new VerifyOptions { KeyOffset = offset, KeyLength = length });

        Assert.Equal(unordered, report.Unordered);
    }

    [Theory]
    [InlineData(VerifyFormat.Lines)]
    [InlineData(VerifyFormat.Gensort)]
    public void Verify_gives_the_generators_sum_in_either_format(VerifyFormat format)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("ascii");
        GensortGenerator.Write(path, new GensortOptions { Records = 1000, Ascii = true });

        VerifyReport report = SortVerifier.Verify([path], new VerifyOptions { Format = format });

        Assert.Equal("1f5dfb3631a", report.ChecksumText);
        Assert.Equal(1000, report.Records);
    }

    [Fact]
    public void Verify_refuses_a_gensort_file_that_was_cut()
    {
        using TemporaryDirectory directory = new();
        string path = directory.Write("cut", new byte[250]);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            SortVerifier.Verify([path], new VerifyOptions { Format = VerifyFormat.Gensort }));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("250", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_were_cut_show_in_sum_and_bytes()
    {
        VerifyReport whole = VerifyText("aaa\nbbb\nccc\n");
        VerifyReport cut = VerifyText("aaa\nbbb\ncc");

        Assert.NotEqual(whole.Checksum, cut.Checksum);
        Assert.NotEqual(whole.Bytes, cut.Bytes);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_compared_to_their_ends()
    {
        string stem = new('x', 200_000);

        VerifyReport good = VerifyText($"{stem}a\n{stem}b\n{stem}b\n{stem}bc", Tiny);
        VerifyReport bad = VerifyText($"{stem}b\n{stem}a\nz\n", Tiny);

        Assert.Equal((4, 0, 1), (good.Records, good.Unordered, good.DuplicateKeys));
        Assert.Equal((1, 200_002L), (bad.Unordered, bad.FirstUnordered!.Offset));
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Verify_agrees_with_the_model_on_random_lines(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 150; round++)
        {
            VerifyOptions options = RandomOptions(random, VerifyFormat.Lines);
            byte[][] files = new byte[random.Next(1, 4)][];
            for (int i = 0; i < files.Length; i++)
            {
                files[i] = RandomLines(random);
            }

            AssertAgrees(files, options);
        }
    }

    [Theory]
    [Seeded(4)]
    [Seeded(5)]
    public void Verify_agrees_with_the_model_on_random_records(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 100; round++)
        {
            VerifyOptions options = RandomOptions(random, VerifyFormat.Gensort);
            byte[][] files = new byte[random.Next(1, 4)][];
            for (int i = 0; i < files.Length; i++)
            {
                files[i] = new byte[100 * random.Next(0, 12)];
                for (int b = 0; b < files[i].Length; b++)
                {
                    // Keys mostly of zeros, so that equal ones occur.
                    files[i][b] = (byte)(random.Next(8) == 0 ? random.Next(3) : 0);
                }
            }

            AssertAgrees(files, options);
        }
    }

    [Fact]
    public void Verify_ends_when_cancelled()
    {
        using TemporaryDirectory directory = new();
        string path = directory.Write("zeros", new byte[100_000]);
        using CancellationTokenSource cancellation = new();
        CancelAtFirstReport progress = new(cancellation);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            SortVerifier.Verify([path], Tiny, progress, cancellation.Token));
    }

    [Fact]
    public void Verify_reports_every_byte_once()
    {
        using TemporaryDirectory directory = new();
        string path = directory.Write(
            "lines", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line\n", 1000))));
        RecordingProgress progress = new();

        SortVerifier.Verify([path], Tiny, progress);

        Assert.Equal(5000, progress.Reports.Max());
    }

    [Fact]
    public void Verify_names_a_file_that_is_missing()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("part-00000");

        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() =>
            SortVerifier.Verify([path], new VerifyOptions()));

        Assert.Equal(path, error.FileName);
    }

    [Fact]
    public void PartsOf_lists_parts_in_name_order_and_skips_what_is_no_data()
    {
        using TemporaryDirectory directory = new();
        foreach (string name in (string[])["part-00010", "part-00002", "_SUCCESS", ".hidden"])
        {
            directory.Write(name, ""u8);
        }

        Directory.CreateDirectory(directory.File("part-00003"));

        Assert.Equal(
            [directory.File("part-00002"), directory.File("part-00010")], SortVerifier.PartsOf(directory.Path));
    }

    private static VerifyOptions Tiny => new() { BufferBytes = 16, RangeBytes = 50, Parallelism = 3 };

    private static VerifyReport VerifyText(string text, VerifyOptions? options = null)
    {
        using TemporaryDirectory directory = new();
        return SortVerifier.Verify(
            [directory.Write("text", Encoding.ASCII.GetBytes(text))], options ?? new VerifyOptions());
    }

    private static void AssertAgrees(byte[][] files, VerifyOptions options)
    {
        using TemporaryDirectory directory = new();
        (string Name, byte[] Bytes)[] named =
            [.. files.Select((bytes, i) => (directory.Write($"part-{i}", bytes), bytes))];

        VerifyReport report = SortVerifier.Verify([.. named.Select(file => file.Name)], options);

        Assert.Equal(VerifierModel.Verify(named, options), report);
    }

    private static VerifyOptions RandomOptions(Random random, VerifyFormat format) => new()
    {
        Format = format,
        KeyOffset = random.Next(3) == 0 ? random.Next(4) : 0,
        KeyLength = random.Next(3) == 0 ? random.Next(4) : null,
        BufferBytes = random.Next(1, 60),
        RangeBytes = random.Next(1, 400),
        Parallelism = random.Next(1, 4),
    };

    /// <summary>
    /// Few letters, so that equal and nearly equal lines occur; some lines long; nearly sorted half of the time.
    /// </summary>
    private static byte[] RandomLines(Random random)
    {
        List<string> lines = [];
        int count = random.Next(0, 20);
        for (int i = 0; i < count; i++)
        {
            int length = random.Next(4) == 0 ? random.Next(150) : random.Next(4);
            lines.Add(string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(12) == 0 ? 'b' : 'a')));
        }

        if (random.Next(2) == 0)
        {
            lines.Sort(StringComparer.Ordinal);
        }

        return Encoding.ASCII.GetBytes(string.Join('\n', lines) + (random.Next(2) == 0 ? "\n" : ""));
    }
}
