using System.Text;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>
/// Whole jobs on the in-process engine, with so little memory that everything wraps, spills and merges.
/// </summary>
public sealed class JobTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Seeded(1, 1, 512, 1, 2000)]
    [Seeded(2, 2, 512, 4, 3000)]
    [Seeded(3, 2, 1024, 7, 5000)]
    [Seeded(4, 3, 4096, 2, 20000)]
    [Seeded(5, 2, 512, 40, 1000)]
    public async Task Sort_gives_the_lines_in_the_order_of_their_bytes(
        int seed, int parallelism, int segmentSize, int partitions, int count)
    {
        byte[][] lines = RandomLines(seed, count);
        string input = _folder.Write("in", Join(lines, lastLineFeed: seed % 2 == 0));

        JobReport report = await Run(
            new SortJob(), new JobArguments().Add("input", input), parallelism, segmentSize, partitions);

        Assert.Equal(Sorted(lines), Lines(ReadParts()));
        Assert.Equal(count, report.Records.In);
        Assert.Equal(count, report.Certificate.Records);
        Assert.True(report.Bytes.Spilled > 0, "Nothing spilled: the test is too small.");
        Assert.Equal(partitions, report.Parts);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Sort_is_stable_by_key_over_files_splits_and_spills()
    {
        Random random = new(7);
        List<string> lines = [.. Enumerable.Range(0, 6000).Select(i => $"{random.Next(20):D2} {i:D6}")];
        string first = _folder.Write("a", string.Join('\n', lines.Take(2500)) + "\n");
        string second = _folder.Write("b", string.Join('\n', lines.Skip(2500)));

        await Run(new SortJob(), new JobArguments().Add("input", first, second).Add("key", "1-2"), 2, 512, 3);

        Assert.Equal(lines.OrderBy(line => line[..2], StringComparer.Ordinal), Text(ReadParts()));
    }

    [Fact]
    public async Task Sort_by_bytes_inside_the_record_keeps_the_record_whole()
    {
        Random random = new(8);
        List<string> lines = [.. Enumerable.Range(0, 3000).Select(i => $"{i:D4}-{random.Next(500):D3}-{i % 7}")];
        lines.Add("ab");
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(new SortJob(), new JobArguments().Add("input", input).Add("key", "6-8"), 2, 512, 3);

        Assert.Equal(
            lines.OrderBy(line => line.Length < 6 ? "" : line.Substring(5, 3), StringComparer.Ordinal),
            Text(ReadParts()));
    }

    [Fact]
    public async Task Sort_unique_keeps_the_first_record_of_each_key()
    {
        Random random = new(9);
        List<string> lines = [.. Enumerable.Range(0, 5000).Select(i => $"{random.Next(300):D3} {i:D6}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(
            new SortJob(), new JobArguments().Add("input", input).Add("key", "1-3").Add("unique", "true"), 2, 512, 4);

        Assert.Equal(
            lines.GroupBy(line => line[..3]).Select(group => group.First()).Order(StringComparer.Ordinal),
            Text(ReadParts()));
    }

    [Fact]
    public async Task Sort_takes_records_larger_than_the_ring_and_keys_that_differ_at_their_end()
    {
        Random random = new(10);
        string longest = new('x', 12_000);
        List<string> lines =
            [.. Enumerable.Range(0, 60)
                .Select(i => i % 3 == 0 ? $"{longest}{random.Next(1000):D4}" : $"{random.Next(1000):D4}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(new SortJob(), new JobArguments().Add("input", input), 2, 1024, 3);

        Assert.Equal(lines.Order(StringComparer.Ordinal), Text(ReadParts()));
    }

    [Fact]
    public async Task Word_count_counts_and_orders_words()
    {
        Random random = new(11);
        List<string> words = [.. Enumerable.Range(0, 20_000).Select(_ => $"W{random.Next(random.Next(1, 3000))}")];
        string input = _folder.Write(
            "in", string.Join(' ', words.Chunk(9).Select(chunk => string.Join('\t', chunk) + "\r\n")));

        await Run(new WordCountJob(), new JobArguments().Add("input", input), 2, 1024, 3);

        Assert.Equal(
            words.GroupBy(word => word).Select(group => $"{group.Key}\t{group.Count()}").Order(StringComparer.Ordinal),
            Text(ReadParts()).Order(StringComparer.Ordinal));
        Assert.All(Parts(), part =>
        {
            List<string> keys = [.. Text(File.ReadAllBytes(part)).Select(line => line.Split('\t')[0])];
            Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Word_count_top_gives_the_largest_counts_ties_by_word(int top)
    {
        Random random = new(12);
        List<string> words =
            [.. Enumerable.Range(0, 8000).Select(_ => $"{(char)('a' + random.Next(26))}{random.Next(9)}")];
        string input = _folder.Write(
            "in", string.Join(' ', words.Select(word => random.Next(2) == 0 ? word : word.ToUpperInvariant())));

        await Run(
            new WordCountJob(),
            new JobArguments().Add("input", input).Add("top", $"{top}").Add("ignore-case", "true"),
            2,
            1024,
            3);

        Assert.Equal(
            words.GroupBy(word => word)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal)
                .Take(top)
                .Select(group => $"{group.Key}\t{group.Count()}"),
            Text(ReadParts()));
        Assert.Single(Parts());
    }

    /// <summary>The first lines by their first letter alone.</summary>
    private sealed class FirstByLetter : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => Encoding.UTF8.GetString(line))
            .Top(job.Arguments.FindInt32("top")!.Value, KeyOrders.Compared<string>((x, y) => x[0].CompareTo(y[0])))
            .Write(job.Arguments.Get("out"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(700)]
    public async Task Top_keeps_and_orders_equal_items_as_they_came(int top)
    {
        Random random = new(14);
        List<string> lines = [.. Enumerable.Range(0, 1000).Select(i => $"{(char)('a' + random.Next(9))}{i:D4}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        await Run(new FirstByLetter(), new JobArguments().Add("input", input).Add("top", $"{top}"), 2, 1024, 3);

        Assert.Equal(lines.OrderBy(line => line[0]).Take(top), Text(ReadParts()));
    }

    [Fact]
    public async Task Top_of_more_than_the_task_has_room_for_writes_what_it_cannot_keep_and_is_right()
    {
        const int Top = 6000;
        Random random = new(15);
        List<string> lines = [.. Enumerable.Range(0, 20_000).Select(i => $"{(char)('a' + random.Next(9))}{i:D5}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        JobReport report = await Run(
            new FirstByLetter(), new JobArguments().Add("input", input).Add("top", $"{Top}"), 1, 1024, 1);

        Assert.Equal(lines.OrderBy(line => line[0]).Take(Top), Text(ReadParts()));
        Assert.True(report.Records.Shuffled > Top, "Everything was kept.");
    }

    /// <summary>A user's own job: the ten lines that it takes.</summary>
    private sealed class LinesByLength : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => !line.IsEmpty)
            .GroupBy(line => line.Length)
            .Count()
            .OrderBy(count => count.Value)
            .Select(count => $"{count.Value} lines have {count.Key} bytes")
            .Write(job.Arguments.Get("out"));
    }

    [Fact]
    public async Task A_job_of_ones_own_runs_like_the_built_in_ones()
    {
        string input = _folder.Write("in", "aaa\nbb\nccc\n\nd\nee\nfff\n");

        JobReport report = await Run(new LinesByLength(), new JobArguments().Add("input", input), 2, 1024, 2);

        Assert.Equal(
            ["1 lines have 1 bytes", "2 lines have 2 bytes", "3 lines have 3 bytes"], Text(ReadParts()));
        Assert.Empty(report.Warnings);
    }

    /// <summary>How often each line comes, by that, and lines that come as often by themselves.</summary>
    private sealed class LinesByFrequency : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => Encoding.UTF8.GetString(line))
            .GroupBy(line => line)
            .Count()
            .Select(count => (count.Value, count.Key))
            .OrderBy(count => count)
            .Select(count => $"{count.Value} {count.Key}")
            .Write(job.Arguments.Get("out"));
    }

    [Theory]
    [Seeded(21, 2, 3)]
    [Seeded(22, 3, 8)]
    public async Task An_order_behind_another_shuffle_is_divided_among_tasks(int seed, int parallelism, int partitions)
    {
        Random random = new(seed);
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(_ => $"{random.Next(random.Next(1, 9000)):D5}")];
        string input = _folder.Write("in", string.Join('\n', lines));

        JobReport report = await Run(
            new LinesByFrequency(), new JobArguments().Add("input", input), parallelism, 512, partitions);

        string[] expected =
            [.. lines.GroupBy(line => line).Select(group => (Count: group.Count(), group.Key)).Order()
                .Select(group => $"{group.Count} {group.Key}")];
        Assert.Equal(expected, Text(ReadParts()));
        Assert.Equal(partitions, report.Stages[^1].Tasks);
        Assert.InRange(report.Stages[^1].Skew, 1, 1.5);
        Assert.Equal(lines.Length, report.Records.In);
    }

    /// <summary>How long the longest line is that begins with each byte, and how many do.</summary>
    private sealed class LongestByFirstByte : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .GroupBy(line => line.Length == 0 ? 0 : line[0])
            .Aggregate((Longest: 0, Count: 0L), Add, Merge)
            .Select(group => $"{group.Key} {group.Value.Longest} {group.Value.Count}")
            .Write(job.Arguments.Get("out"));

        private static void Add(ref (int Longest, long Count) state, ReadOnlySpan<byte> line) =>
            state = (Math.Max(state.Longest, line.Length), state.Count + 1);

        private static void Merge(ref (int Longest, long Count) state, in (int Longest, long Count) other) =>
            state = (Math.Max(state.Longest, other.Longest), state.Count + other.Count);
    }

    [Fact]
    public async Task A_fold_of_two_functions_gives_each_key_its_state()
    {
        byte[][] lines = RandomLines(11, 3000);
        string input = _folder.Write("in", Join(lines, lastLineFeed: true));

        await Run(new LongestByFirstByte(), new JobArguments().Add("input", input), 2, 512, 3);

        IEnumerable<string> expected = lines
            .GroupBy(line => line.Length == 0 ? 0 : line[0])
            .Select(group => $"{group.Key} {group.Max(line => line.Length)} {group.LongCount()}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), Text(ReadParts()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_empty_input_gives_an_empty_output()
    {
        string input = _folder.Write("in", "");

        JobReport report = await Run(new SortJob(), new JobArguments().Add("input", input), 2, 1024, null);

        Assert.Equal((0, 0), (report.Records.In, report.Certificate.Records));
        Assert.Empty(ReadParts());
        Assert.True(File.Exists(Path.Combine(_folder["out"], "_SUCCESS")));
    }

    [Theory]
    [InlineData(48, 3)]
    [InlineData(48, 40)]
    [InlineData(32, 7)]
    [InlineData(400, 3)]
    public async Task Compressed_spills_give_the_same_output(int segments, int partitions)
    {
        string text = string.Concat(
            Enumerable.Range(0, 3000).Select(i => $"{(i * 7919) % 3001:D8} the same words in every line\n"));
        string input = _folder.Write("in", text);
        JobArguments Arguments() => new JobArguments().Add("input", input);
        await Run(new SortJob(), Arguments(), 2, 1024, partitions, 2 * segments * 1024L);
        byte[] expected = ReadParts();

        JobReport report = await Run(
            new SortJob(), Arguments(), 2, 1024, partitions, 2 * segments * 1024L, BlockCodecs.Brotli);

        Assert.Equal(expected, ReadParts());
        Assert.Equal(3000, report.Records.Out);
        AssertNothingLeft();
    }

    [Fact]
    public async Task The_report_says_where_the_time_went()
    {
        string input = _folder.Write("in", Join(RandomLines(3, 20_000), lastLineFeed: true));

        JobReport report = await Run(new SortJob(), new JobArguments().Add("input", input), 1, 1024, 2, 32 * 1024L);

        PhaseTimes map = report.Stages.Single(stage => stage.Name == "map").Times;
        PhaseTimes reduce = report.Stages.Single(stage => stage.Name == "reduce").Times;
        Assert.True(map is { Sort: > 0, Spill: > 0, Tasks: > 0, FetchWait: 0, OutputWait: 0 }, map.ToString());
        Assert.InRange(map.Blocked, 0, map.Tasks);
        Assert.True(reduce is { Sort: 0, Spill: 0, Blocked: 0, FetchWait: > 0 }, reduce.ToString());
        Assert.InRange(map.MergePasses, 0.001, map.Tasks);
        Assert.All(new[] { map, reduce }, times => Assert.InRange(times.Collect, 0.001, times.Tasks));
    }

    [Theory]
    [InlineData(40, 0, 1)]
    [InlineData(52, 1, 0)]
    public async Task Runs_that_consumers_could_merge_in_two_steps_are_served_as_they_are(
        int segments, int reducePasses, int mapPasses)
    {
        string input = _folder.Write("in", Join(RandomLines(3, 20_000), lastLineFeed: true));

        JobReport report = await Run(
            new SortJob(), new JobArguments().Add("input", input), 1, 1024, 2, segments * 1024L);

        StageReport map = report.Stages.Single(stage => stage.Name == "map");
        StageReport reduce = report.Stages.Single(stage => stage.Name == "reduce");
        Assert.Equal((mapPasses > 0, reducePasses > 0), (map.MergePasses > 0, reduce.MergePasses > 0));
        Assert.Equal(map.MergePasses > 0, map.RewrittenBytes > 0);
        Assert.Equal(reduce.MergePasses > 0, reduce.RewrittenBytes > 0);
        Assert.Equal(reduce.RewrittenBytes, reduce.SpilledBytes);
    }

    [Fact]
    public async Task More_memory_never_fails_and_never_changes_the_result()
    {
        string input = _folder.Write("in", Join(RandomLines(13, 2000), lastLineFeed: true));
        byte[]? expected = null;
        for (int segments = TaskMemory.LeastSegments; segments < 4000; segments += 1 + (segments / 3))
        {
            await Run(new SortJob(), new JobArguments().Add("input", input), 1, 512, 3, segments * 512L);

            byte[] found = ReadParts();
            Assert.Equal(expected ??= found, found);
        }
    }

    private async Task<JobReport> Run(
        IJob job, JobArguments arguments, int parallelism, int segmentSize, int? partitions, long? memory = null,
        IBlockCodec? codec = null)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = memory ?? parallelism * 48L * segmentSize,
            Parallelism = parallelism,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = segmentSize,
            Codec = codec,
        });
        return await engine.RunAsync(new JobRequest
        {
            Job = job,
            Arguments = arguments.Add("out", _folder["out"]),
            Name = "test",
            Partitions = partitions,
            Overwrite = true,
        }).WaitAsync(Deadline);
    }

    private void AssertNothingLeft()
    {
        Assert.False(Directory.Exists(_folder["spill"]), "The spill directory is still there.");
        Assert.All(
            Directory.GetFileSystemEntries(_folder["out"]),
            path => Assert.Matches("^(part-[0-9]{5}|_SUCCESS)$", Path.GetFileName(path)));
    }

    private string[] Parts() => [.. Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal)];

    private byte[] ReadParts() => [.. Parts().SelectMany(File.ReadAllBytes)];

    private static byte[][] RandomLines(int seed, int count)
    {
        Random random = new(seed);
        byte[] prefix = new byte[30];
        random.NextBytes(prefix);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int length = random.Next(10) == 0 ? random.Next(300) : random.Next(20);
            byte[] line = new byte[length];
            random.NextBytes(line);
            line = random.Next(5) switch { 0 => [], 1 => [.. prefix, .. line], 2 => new byte[length], _ => line };
            return line.Select(b => b == '\n' ? (byte)0 : b).ToArray();
        })];
    }

    private static byte[] Join(byte[][] lines, bool lastLineFeed)
    {
        byte[] joined = [.. lines.SelectMany(line => line.Append((byte)'\n'))];
        return lastLineFeed || lines[^1].Length == 0 ? joined : joined[..^1];
    }

    private static IEnumerable<string> Sorted(byte[][] lines) =>
        lines.Select(Convert.ToHexString).Order(StringComparer.Ordinal);

    private static List<string> Lines(byte[] bytes)
    {
        List<string> lines = [];
        for (int start = 0; start < bytes.Length;)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', start);
            lines.Add(Convert.ToHexString(bytes.AsSpan(start, end - start)));
            start = end + 1;
        }

        return lines;
    }

    private static string[] Text(byte[] bytes) =>
        bytes.Length == 0 ? [] : Encoding.UTF8.GetString(bytes)[..^1].Split('\n');
}
