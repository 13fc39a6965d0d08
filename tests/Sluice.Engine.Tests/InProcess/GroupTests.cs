using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>
/// Jobs that walk the values of each key, against LINQ's GroupBy, with so little memory that all of it spills.
/// </summary>
public sealed class GroupTests : IDisposable
{
    private const int SegmentSize = 512;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Seeded(1, 1, 1, 3000)]
    [Seeded(2, 2, 4, 3000)]
    [Seeded(3, 2, 7, 6000)]
    [Seeded(4, 3, 3, 200)]
    public async Task All_values_of_a_key_come_in_the_order_of_the_input(
        int seed, int parallelism, int partitions, int count)
    {
        string[] lines = Skewed(seed, count);

        string[] found = await Run(
            lines,
            groups => groups.Select((key, values) => $"{key}={string.Join(',', values)}"),
            parallelism,
            partitions);

        Assert.Equal(
            Sorted(lines.GroupBy(Key).Select(group => $"{group.Key}={string.Join(',', group)}")), Sorted(found));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_group_that_is_walked_in_part_is_skipped_to_the_next(int walked)
    {
        string[] lines = Skewed(5, 4000);

        string[] found = await Run(
            lines, groups => groups.Select((key, values) => $"{key}={string.Join(',', values.Take(walked))}"));

        Assert.Equal(
            Sorted(lines.GroupBy(Key).Select(group => $"{group.Key}={string.Join(',', group.Take(walked))}")),
            Sorted(found));
    }

    [Fact]
    public async Task A_group_of_any_size_is_walked_once()
    {
        // One key has nearly all of 400 KiB; the task has 24 KiB.
        string[] lines =
            [.. Enumerable.Range(0, 10_000).Select(i => $"{(i % 500 == 0 ? i : 7):D5}-{i:D6} {new string('x', 26)}")];

        string[] found = await Run(lines, groups => groups.Select((key, values) => $"{key} {values.Count()}"));

        Assert.Equal(Sorted(lines.GroupBy(Key).Select(group => $"{group.Key} {group.Count()}")), Sorted(found));
    }

    [Theory]
    [Seeded(6)]
    [Seeded(7)]
    public async Task Walks_begin_anew_go_on_behind_a_partial_one_and_do_not_disturb_each_other(int seed)
    {
        // 300 keys of about ten values, up to 700 bytes long: longer than a segment, and across its end.
        Random random = new(seed);
        string[] lines = [.. Enumerable.Range(0, 3000).Select(i =>
            $"{random.Next(300):D5}-{i}{new string('y', random.Next(20) == 0 ? random.Next(700) : random.Next(9))}")];

        string[] found = await Run(
            lines, groups => groups.Select((key, values) => Walks(key, values)), memory: 2 * 80 * SegmentSize);

        Assert.Equal(Sorted(lines.GroupBy(Key).Select(group => Walks(group.Key, group))), Sorted(found));

        static string Walks(string key, IEnumerable<string> values) =>
            $"{key}: {string.Join(',', values.Take(2))} {string.Join(',', values.Take(4))} " +
                $"{values.Sum(value => value.Length)} "
            + string.Join(',', values.Select((outer, i) => values.Skip(i).First() == outer && values.Contains(outer)));
    }

    [Fact]
    public async Task A_walk_again_over_more_than_is_kept_says_how_much_memory_it_takes()
    {
        // 600 values of 39 bytes: more than the 12 segments of 48 that are kept.
        string[] lines = [.. Enumerable.Range(0, 600).Select(i => $"{7:D5}-{i:D6} {new string('x', 27)}")];
        static Dataset<string> Twice(GroupedDataset<string, string> groups) =>
            groups.Select((key, values) => $"{key} {values.Count()} {values.Count()}");

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(lines, Twice));

        Assert.Equal("SLU1306", thrown.Error.Code);
        Assert.Contains("a key of 5 bytes", thrown.Error.What, StringComparison.Ordinal);
        Assert.Contains($"more than the {12 * SegmentSize} that", thrown.Error.What, StringComparison.Ordinal);
        Assert.Contains(
            "walk the values once, fold them with Aggregate, or run with more than --memory 1MiB",
            thrown.Error.Help,
            StringComparison.Ordinal);

        Assert.Equal(["00007 600 600"], await Run(lines, Twice, memory: 1 << 20));
    }

    [Fact]
    public async Task A_second_walk_that_stays_in_what_is_kept_is_fine_before_all_was_walked()
    {
        string[] lines = [.. Enumerable.Range(0, 600).Select(i => $"{7:D5}-{i:D6} {new string('x', 27)}")];

        string[] found = await Run(
            lines,
            groups => groups.Select(
                (key, values) => $"{values.Take(50).Count()} {values.Take(40).Count()} {values.Count()}"));

        Assert.Equal(["50 40 600"], found);
    }

    [Fact]
    public async Task Values_that_are_kept_by_the_operator_throw_in_the_next_group()
    {
        IEnumerable<string>? kept = null;
        string[] lines = ["00001-a", "00002-b", "00003-c"];

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(
            lines,
            groups => groups.Select((key, values) =>
            {
                kept ??= values.Where(value => value.Length > 0);
                return string.Join(',', kept);
            }),
            parallelism: 1,
            partitions: 1));

        Assert.Equal("SLU1402", thrown.Error.Code);
        Assert.Contains("used after its turn", thrown.Error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Byte_records_are_walked_without_being_copied_and_several_items_are_made_of_a_group()
    {
        string[] lines = Skewed(8, 3000);

        string[] found = await RunJob(new BytesJob(), lines);

        Assert.Equal(
            Sorted(lines.GroupBy(line => line.Length).SelectMany(group =>
                new[]
                {
                    $"{group.Key} has {group.Count()}",
                    $"{group.Key} has {group.Sum(line => line[^1])} at the end",
                })),
            Sorted(found));
    }

    [Fact]
    public async Task Groups_may_come_behind_another_shuffle_and_before_one()
    {
        string[] lines = Skewed(9, 3000);

        string[] found = await Run(
            lines,
            groups => groups
                .Select((key, values) => $"{values.Count():D6} {key}")
                .GroupBy(line => line[..6])
                .SelectMany<string>((key, values, output) =>
                {
                    foreach (string value in values)
                    {
                        output.Emit($"{value} of {values.Count()}");
                    }
                })
                .OrderBy(line => line),
            memory: 2 * 400 * SegmentSize);

        Assert.Equal(
            lines.GroupBy(Key)
                .Select(group => $"{group.Count():D6} {group.Key}")
                .GroupBy(line => line[..6])
                .SelectMany(group => group.Select(value => $"{value} of {group.Count()}"))
                .Order(StringComparer.Ordinal),
            found);
    }

    [Fact]
    public async Task More_memory_never_fails_and_never_changes_the_result()
    {
        string[] lines = Skewed(10, 500);
        string[] expected = Sorted(lines.GroupBy(Key).GroupBy(group => group.Count()).Select(Line));
        for (int segments = TaskMemory.LeastSegments; segments < 2000; segments += 1 + (segments / 2))
        {
            string[] found = await Run(
                lines,
                groups => groups.Select((key, values) => values.Count()).GroupBy(count => count)
                    .Select((count, keys) => $"{keys.Count()} keys have {count}"),
                parallelism: 1,
                memory: segments * (long)SegmentSize);

            Assert.Equal(expected, Sorted(found));
        }

        static string Line(IGrouping<int, IGrouping<string, string>> keys) => $"{keys.Count()} keys have {keys.Key}";
    }

    private static string Key(string line) => line[..5];

    private static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    /// <summary>A quarter of the lines have one key, the others any of a thousand, small ones more often.</summary>
    private static string[] Skewed(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{(random.Next(4) == 0 ? 3 : random.Next(random.Next(1, 1000))):D5}-" +
                $"{i}{new string('z', random.Next(12))}"))];
    }

    private Task<string[]> Run(
        string[] lines,
        Func<GroupedDataset<string, string>, Dataset<string>> define,
        int parallelism = 2,
        int partitions = 3,
        long? memory = null) =>
        RunJob(new TextJob(define), lines, parallelism, partitions, memory);

    private async Task<string[]> RunJob(
        IJob job, string[] lines, int parallelism = 2, int partitions = 3, long? memory = null)
    {
        string input = _folder.Write("in", string.Join('\n', lines) + "\n");
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = memory ?? parallelism * 48L * SegmentSize,
            Parallelism = parallelism,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = SegmentSize,
        });
        await engine.RunAsync(new JobRequest
        {
            Job = job,
            Arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]),
            Name = "test",
            Partitions = partitions,
            Overwrite = true,
        }).WaitAsync(Deadline);

        return [.. Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadAllLines)];
    }

    private sealed class TextJob(Func<GroupedDataset<string, string>, Dataset<string>> define) : IJob
    {
        public void Define(JobBuilder job) => define(job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Select(line => System.Text.Encoding.UTF8.GetString(line))
            .GroupBy(Key))
            .Write(job.Arguments.Get("out"));
    }

    private sealed class BytesJob : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .GroupBy(line => line.Length)
            .SelectMany<string>((length, lines, output) =>
            {
                int count = 0;
                foreach (ReadOnlySpan<byte> line in lines)
                {
                    Assert.Equal(length, line.Length);
                    count++;
                }

                output.Emit($"{length} has {count}");
                int ends = 0;
                foreach (ReadOnlySpan<byte> line in lines)
                {
                    ends += line[^1];
                }

                output.Emit($"{length} has {ends} at the end");
            })
            .Write(job.Arguments.Get("out"));
    }
}
