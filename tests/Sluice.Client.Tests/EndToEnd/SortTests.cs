using System.Text.Json;

namespace Sluice.Client.Tests;

public sealed class SortTests : ConsoleTest
{
    [Theory]
    [Seeded(1, Long = 10)]
    [Seeded(2, Long = 10)]
    public async Task Sort_is_what_GNU_sort_makes_of_any_bytes(int seed)
    {
        Write("in", Bytes(seed, 6_000_000));

        ConsoleResult result = await Run("sort", "in", "--out", "out", "--memory", "2MiB", "--partitions", "5");

        Assert.Equal(0, result.ExitCode);
        Assert.True(Shell("sort in").AsSpan().SequenceEqual(Parts()), "The parts are not what sort prints.");
        AssertNoSpill();
    }

    [Fact]
    public async Task Sort_with_compressed_spills_is_the_same_and_spills_less()
    {
        Write("in",
            string.Concat(Enumerable.Range(0, 150_000)
                .Select(i => $"{(i * 7919L) % 150_001:D9} some words that every line has\n")));

        ConsoleResult plain = await Run("sort", "in", "--out", "out", "--memory", "2MiB", "-o", "json");
        Assert.True(Shell("sort in").AsSpan().SequenceEqual(Parts()), "The parts are not what sort prints.");
        ConsoleResult compressed = await Run(
            "sort", "in", "--out", "out", "--memory", "2MiB", "-o", "json", "--compress", "brotli", "--overwrite");

        Assert.Equal((0, 0), (plain.ExitCode, compressed.ExitCode));
        Assert.True(Shell("sort in").AsSpan().SequenceEqual(Parts()), "The parts are not what sort prints.");
        Assert.InRange(Spilled(compressed), 1, Spilled(plain) / 2);
        AssertNoSpill();
    }

    [Fact]
    public async Task Sort_by_key_unique_and_stable_is_what_GNU_sort_makes()
    {
        Random random = new(3);
        Write("in",
            string.Concat(Enumerable.Range(0, 200_000)
                .Select(i => $"{random.Next(5000):D5}{(char)('a' + random.Next(26))}{i}\n")));

        Assert.Equal(
            0, (await Run("sort", "in", "--out", "stable", "--key", "1-5", "--stable", "--memory", "2MiB")).ExitCode);
        Assert.Equal(
            0, (await Run("sort", "in", "--out", "unique", "--key", "1-5", "--unique", "--memory", "2MiB")).ExitCode);

        Assert.True(Shell("sort -s -k1.1,1.5 in").AsSpan().SequenceEqual(Parts("stable")), "Not the stable order.");
        Assert.True(
            Shell("sort -s -u -k1.1,1.5 in").AsSpan().SequenceEqual(Parts("unique")), "Not the first of each key.");
    }

    [Fact]
    public async Task Sort_reads_files_directories_and_patterns_and_skips_hidden_names()
    {
        Write("dir/b", "b\n");
        Write("dir/a", "d\nc\n");
        Write("dir/_SUCCESS", "no\n");
        Write("dir/.hidden", "no\n");
        Write("x1.txt", "x\n");
        Write("x2.txt", "a\n");

        ConsoleResult result = await Run("sort", "dir", "x?.txt", "--out", "out");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("a\nb\nc\nd\nx\n", System.Text.Encoding.UTF8.GetString(Parts()));
    }

    [Fact]
    public async Task Sort_streams_from_standard_input_to_standard_output()
    {
        ConsoleResult result = await RunWith("b\n\na"u8.ToArray(), "sort", "-", "--out", "-");

        Assert.Equal((0, "\na\nb\n"), (result.ExitCode, result.Text));
        Assert.Contains("certificate", result.Error, StringComparison.Ordinal);
        AssertNoSpill();
    }

    [Fact]
    public async Task Sort_of_nothing_writes_one_empty_part_and_a_certificate()
    {
        Write("in", "");

        ConsoleResult result = await Run("sort", "in", "--out", "out");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(Parts());
        Assert.True(File.Exists(PathOf("out/_SUCCESS")));
    }

    [Fact]
    public async Task Sort_spills_to_several_directories_and_leaves_none()
    {
        Write("in", Bytes(6, 6_000_000));

        ConsoleResult result = await Run(
            "sort", "in", "--out", "out", "--memory", "2MiB", "--spill-dir", "one", "--spill-dir", "two/deep", "-o",
            "json");

        Assert.Equal(0, result.ExitCode);
        Assert.True(Spilled(result) > 1_000_000);
        Assert.True(Shell("sort in").AsSpan().SequenceEqual(Parts()), "The parts are not what sort prints.");
        Assert.False(Directory.Exists(PathOf("one")) || Directory.Exists(PathOf("two")), "A spill directory is left.");
    }

    [Fact]
    public async Task Two_commands_share_one_redirection()
    {
        Write("in", "b\na\n");
        string sort = $"SLUICE_SPILL_DIR='{PathOf("spill")}' dotnet '{ConsoleProcess.Library()}' sort in --out - -q";

        Shell($"({sort}; {sort}; echo end) > both");

        Assert.Equal("a\nb\na\nb\nend\n", await File.ReadAllTextAsync(PathOf("both")));
    }

    [Fact]
    public async Task A_file_named_twice_is_read_once_and_said()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run("sort", "in", "./in", "--out", "out");

        Assert.Equal("a\nb\n", System.Text.Encoding.UTF8.GetString(Parts()));
        Assert.Contains("named more than once", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_as_JSON_has_what_the_schema_promises()
    {
        Write("in", Bytes(4, 500_000));
        long lines = File.ReadAllBytes(PathOf("in")).LongCount(b => b == '\n') + 1;

        ConsoleResult result = await Run(
            "sort", "in", "--out", "out", "--memory", "2MiB", "-o", "json", "--name", "mine");

        JsonElement report = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("sluice.job/1", report.GetProperty("schema").GetString());
        Assert.Equal(
            ("mine", "succeeded"), (report.GetProperty("name").GetString(), report.GetProperty("status").GetString()));
        Assert.Equal(32, report.GetProperty("id").GetString()!.Length);
        Assert.Equal(32, report.GetProperty("traceId").GetString()!.Length);
        Assert.True(report.GetProperty("seconds").GetDouble() > 0);
        Assert.True(report.GetProperty("peakMemoryBytes").GetInt64() > 1_000_000);
        JsonElement records = report.GetProperty("records");
        Assert.Equal(
            (lines, lines, lines),
            (records.GetProperty("in").GetInt64(), records.GetProperty("shuffled").GetInt64(),
                records.GetProperty("out").GetInt64()));
        JsonElement bytes = report.GetProperty("bytes");
        Assert.Equal(500_000, bytes.GetProperty("in").GetInt64());
        Assert.True(
            bytes.GetProperty("spilled").GetInt64() >= 0
            && bytes.GetProperty("shuffled").GetInt64() >= 500_000 - lines);
        Assert.Equal(500_001, bytes.GetProperty("out").GetInt64());
        Assert.Equal(lines, report.GetProperty("certificate").GetProperty("records").GetInt64());
        Assert.Equal(32, report.GetProperty("certificate").GetProperty("checksum").GetString()!.Length);
        foreach (JsonElement stage in report.GetProperty("stages").EnumerateArray())
        {
            string[] names =
                ["tasks", "attempts", "seconds", "recordsIn", "recordsOut", "spills", "mergePasses", "times", "skew"];
            Assert.All(names, name => Assert.True(stage.TryGetProperty(name, out _), name));
        }

        ConsoleResult line = await Run("sort", "in", "--out", "out", "--overwrite", "-o", "ndjson");
        Assert.Single(line.Text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Gensort_records_sort_to_the_generators_sum()
    {
        Assert.Equal(0, (await Run("gen", "gensort", "--records", "100000", "--out", "in")).ExitCode);
        Assert.Equal(
            0, (await Run("sort", "in", "--out", "out", "--format", "gensort",
                "--memory", "3MiB", "--partitions", "3")).ExitCode);

        ConsoleResult input = await Run("verify", "sort", "in", "--format", "gensort", "-o", "json");
        ConsoleResult output = await Run("verify", "sort", "out", "--format", "gensort", "-o", "json");

        Assert.Equal((7, 0), (input.ExitCode, output.ExitCode));
        JsonElement report = JsonDocument.Parse(output.Output).RootElement;
        Assert.Equal(100_000, report.GetProperty("records").GetInt64());
        Assert.Equal(
            JsonDocument.Parse(input.Output).RootElement.GetProperty("checksum").GetString(),
            report.GetProperty("checksum").GetString());
    }

    [Fact]
    public async Task Verify_as_JSON_names_the_first_record_out_of_order()
    {
        Write("in", "a\nc\nb\na\n");

        ConsoleResult result = await Run("verify", "sort", "in", "-o", "ndjson");

        JsonElement report = JsonDocument.Parse(result.Output).RootElement;
        JsonElement place = report.GetProperty("firstUnordered");
        Assert.Equal((7, 3), (result.ExitCode, result.ErrorLines.Length));
        Assert.Equal(
            (false, 2), (report.GetProperty("ordered").GetBoolean(), report.GetProperty("unordered").GetInt64()));
        Assert.Equal(
            (PathOf("in"), 2, 4),
            (place.GetProperty("file").GetString(), place.GetProperty("record").GetInt64(),
                place.GetProperty("offset").GetInt64()));
    }

    private static byte[] Bytes(int seed, int length)
    {
        Random random = new(seed);
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        for (int at = 0; at < length;)
        {
            int run = random.Next(20) switch { 0 => 100_000, 1 => 1, 2 => 3000, _ => random.Next(60) };
            int end = Math.Min(length, at + run);
            bytes.AsSpan(at, end - at).Replace((byte)'\n', (byte)0);
            if (end < length)
            {
                bytes[end] = (byte)'\n';
            }

            at = end + 1;
        }

        // The last line has no line feed.
        bytes[^1] = (byte)'z';
        return bytes;
    }

    private static long Spilled(ConsoleResult result) =>
        JsonDocument.Parse(result.Output).RootElement.GetProperty("bytes").GetProperty("spilled").GetInt64();
}
