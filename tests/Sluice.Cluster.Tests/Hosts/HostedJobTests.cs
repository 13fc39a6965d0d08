using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>Jobs on three silos over loopback TCP: exact results, exact errors, and nothing left after each.</summary>
public sealed class HostedJobTests(ThreeSilos cluster) : IClassFixture<ThreeSilos>, IAsyncLifetime
{
    private SiloHosts Hosts => cluster.Hosts;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Hosts.AssertNothingLeftAsync();

    [Theory]
    [Seeded(1, 3_000_000, 8_000, 6, false, Long = 10)]
    [Seeded(2, 400_000, 30_000, 7, true, Long = 10)]
    [Seeded(3, 2 * 32 * SiloHosts.SegmentSize, 60_000, 2, true, Long = 10)]
    [Seeded(4, 0, 26_000, 5, true, 1000, Long = 10)]
    [Seeded(5, 400_000, 26_000, 4, true, 1000, Long = 10)]
    public async Task Sort_gives_all_lines_in_order(
        int seed, long memoryBytes, int count, int partitions, bool spills, int padding = 0)
    {
        // Eight mebibytes make a map task: only long lines make several.
        string[] lines = [.. Lines(seed, count).Select(line => line.PadRight(padding, '.'))];
        ClusterJob job = Hosts.Job("sort", $"sort-{seed}", [Hosts.Write($"in-{seed}", lines)]) with
        {
            MemoryBytes = memoryBytes,
            Partitions = partitions,
        };

        JobReport report = await Hosts.SucceedAsync(job);

        Assert.Equal(lines.Order(StringComparer.Ordinal), Hosts.Output($"sort-{seed}"));
        Assert.Equal((count, count, partitions), (report.Records.In, report.Certificate.Records, report.Parts));
        Assert.Equal(spills, report.Bytes.Spilled > 0);
        Assert.InRange(report.PeakMemoryBytes, 1 << 20, long.MaxValue);
    }

    [Theory]
    [InlineData(1, "SLU1301")]
    [InlineData((2 * 32 * SiloHosts.SegmentSize) - 1, "SLU1301")]
    [InlineData((4 << 20) + 1, "SLU1302")]
    public async Task Memory_that_is_too_little_or_that_no_silo_has_is_refused(long memoryBytes, string code)
    {
        ClusterJob job = Hosts.Job("sort", "no-memory", [Hosts.Write("in-refused", ["b", "a"])]) with
        {
            MemoryBytes = memoryBytes,
        };

        JobView view = await Hosts.RunAsync(job);
        SluiceException plan = await Assert.ThrowsAsync<SluiceException>(() => Hosts.Client.ExplainAsync(job));

        Assert.Equal((JobStatus.Failed, code), (view.Status, view.Failure?.Code));
        Assert.Equal(view.Failure!.ToError(), plan.Error);
        Assert.False(Directory.Exists(Hosts.PathOf("no-memory")), "The output was made.");
    }

    [Fact]
    public async Task Sort_takes_records_larger_than_a_segment()
    {
        Random random = new(4);
        string longest = new('x', 3 * SiloHosts.SegmentSize);
        string[] lines =
            [.. Enumerable.Range(0, 300).Select(i => $"{(i % 3 == 0 ? longest : "")}{random.Next(1000):D4}")];
        ClusterJob job = Hosts.Job("sort", "large", [Hosts.Write("in-large", lines)]) with { MemoryBytes = 500_000 };

        await Hosts.SucceedAsync(job);

        Assert.Equal(lines.Order(StringComparer.Ordinal), Hosts.Output("large"));
    }

    [Theory]
    [Seeded(5, 0, Long = 10)]
    [Seeded(6, 400_000, Long = 10)]
    public async Task Word_count_counts_words(int seed, long memoryBytes)
    {
        Random random = new(seed);
        List<string> words = [.. Enumerable.Range(0, 40_000).Select(_ => $"W{random.Next(random.Next(1, 5000))}")];
        string[] inputs =
        [
            .. words.Chunk(10_000).Select((chunk, i) => Hosts.Write(
                $"words-{seed}-{i}", chunk.Chunk(9).Select(line => string.Join(' ', line)))),
        ];

        await Hosts.SucceedAsync(Hosts.Job("wordcount", $"count-{seed}", inputs) with { MemoryBytes = memoryBytes });

        Assert.Equal(
            words.GroupBy(word => word).Select(group => $"{group.Key}\t{group.Count()}").Order(StringComparer.Ordinal),
            Hosts.Output($"count-{seed}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_order_behind_another_shuffle_is_divided_among_silos()
    {
        Random random = new(8);
        string[] lines = [.. Enumerable.Range(0, 40_000).Select(_ => $"{random.Next(random.Next(1, 9000)):D5}")];
        ClusterJob job = Hosts.Job("frequency", "frequency", [Hosts.Write("in-frequency", lines)]) with
        {
            Partitions = 4,
            MemoryBytes = 500_000,
        };

        JobReport report = await Hosts.SucceedAsync(job);

        Assert.Equal(
            lines.GroupBy(line => line).Select(group => (Count: group.Count(), group.Key)).Order()
                .Select(group => $"{group.Count} {group.Key}"),
            Hosts.Output("frequency"));
        Assert.Equal(["map", "sample", "middle", "reduce"], report.Stages.Select(stage => stage.Name));
        Assert.Equal(4, report.Stages[^1].Tasks);
    }

    [Fact]
    public async Task Jobs_at_once_share_the_silos_and_each_is_exact()
    {
        string[][] lines = [.. Enumerable.Range(10, 3).Select(seed => Lines(seed, 15_000))];
        ClusterJob[] jobs =
        [
            .. lines.Select((own, i) => Hosts.Job("sort", $"at-once-{i}", [Hosts.Write($"in-at-once-{i}", own)]) with
            {
                Partitions = 5,
                MemoryBytes = i == 1 ? 300_000 : 0,
            }),
        ];

        await Task.WhenAll(jobs.Select(Hosts.SucceedAsync));

        for (int job = 0; job < jobs.Length; job++)
        {
            Assert.Equal(lines[job].Order(StringComparer.Ordinal), Hosts.Output($"at-once-{job}"));
        }
    }

    [Fact]
    public async Task Every_silo_takes_part()
    {
        using Gate gate = new();
        string[] inputs =
            [.. Enumerable.Range(0, 6).Select(i => Hosts.Write($"in-part-{i}", GatedCount.Pad([$"gate {i}"])))];
        ClusterJob job = Hosts.Job("gated", "part", inputs, ("gate", gate.Name));
        await Hosts.Client.SubmitAsync(job);

        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 6), "six maps are under way");

        Assert.All(Hosts.Engines, engine => Assert.Equal(2, engine.View.Running));
        gate.Open();
        SiloHosts.ReportOf(await Hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        Assert.Equal(
            Enumerable.Range(0, 6).Select(i => $"gate {i} 1"), Hosts.Output("part").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_cancelled_while_it_maps_leaves_nothing()
    {
        string input = Hosts.Write("in-cancel", Enumerable.Range(0, 200_000).Select(i => $"slow {i}"));
        ClusterJob job = Hosts.Job("gated", "cancelled", [input]);
        await Hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(Hosts.Engines.Any(engine => engine.View.Running > 0)), "maps run");

        await Hosts.Client.CancelAsync(job.Id);
        JobView view = await Hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);

        Assert.Equal(JobStatus.Cancelled, view.Status);
        Assert.False(Directory.Exists(Hosts.PathOf("cancelled")));
    }

    [Fact]
    public async Task An_input_that_one_silo_does_not_see_is_named_with_the_silo()
    {
        string input = Hosts.Write("in-elsewhere", ["a"]);

        JobView view = await Hosts.RunAsync(Hosts.Job("elsewhere", "elsewhere", [input]));

        Assert.Equal(JobStatus.Failed, view.Status);
        Assert.Contains($"{input}.elsewhere", $"{view.Failure!.What} {view.Failure.Where}", StringComparison.Ordinal);
        Assert.Contains("silo-2", view.Failure.Where, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Hosts.PathOf("elsewhere")));
    }

    [Fact]
    public async Task An_input_that_is_nowhere_fails_the_job_with_its_path()
    {
        JobView view = await Hosts.RunAsync(Hosts.Job("sort", "nowhere", [Hosts.PathOf("no-such-file")]));

        Assert.Equal((JobStatus.Failed, (int)ErrorKind.NotFound), (view.Status, view.Failure!.Kind));
        Assert.Contains("no-such-file", $"{view.Failure.What} {view.Failure.Where}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-everywhere")]
    [InlineData("unheard-of")]
    public async Task A_job_class_that_a_silo_lacks_is_named(string name)
    {
        JobView view = await Hosts.RunAsync(Hosts.Job(name, "lacking", [Hosts.Write("in-lacking", ["a"])]));

        Assert.Equal(JobStatus.Failed, view.Status);
        Assert.Contains(name, $"{view.Failure!.What} {view.Failure.Where}", StringComparison.Ordinal);
        Assert.Equal(SluiceErrors.UnknownJob("", "").Code, view.Failure.Code);
    }

    [Fact]
    public async Task An_operator_that_throws_fails_the_job_with_its_message_and_place()
    {
        string input = Hosts.Write("in-throwing", [.. Enumerable.Range(0, 1000).Select(i => $"{i}"), "throw"]);

        JobView view = await Hosts.RunAsync(Hosts.Job("throwing", "thrown", [input]));

        Assert.Equal((JobStatus.Failed, SluiceErrors.OperatorFailed("", "").Code), (view.Status, view.Failure!.Code));
        Assert.Contains("OwnException: this line cannot be", view.Failure.What, StringComparison.Ordinal);
        Assert.Contains("stage 0 task", $"{view.Failure.What} {view.Failure.Where}", StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowingJob), view.Failure.Detail, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Hosts.PathOf("thrown")));
    }

    [Fact]
    public async Task A_job_whose_class_throws_when_it_is_defined_fails_with_its_message()
    {
        JobView view = await Hosts.RunAsync(Hosts.Job("undefined", "undefined", [Hosts.Write("in-undefined", ["a"])]));

        Assert.Equal(JobStatus.Failed, view.Status);
        Assert.Contains("no such job today", $"{view.Failure!.What} {view.Failure.Where}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_exists_is_refused_and_stays()
    {
        string input = Hosts.Write("in-refused", ["b", "a"]);
        await Hosts.SucceedAsync(Hosts.Job("sort", "refused", [input]));

        JobView again = await Hosts.RunAsync(Hosts.Job("sort", "refused", [input]));

        Assert.Equal((JobStatus.Failed, (int)ErrorKind.Conflict), (again.Status, again.Failure!.Kind));
        Assert.Equal(["a", "b"], Hosts.Output("refused"));
    }

    private static string[] Lines(int seed, int count)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
                $"{random.Next(100_000):D6} {new string((char)('a' + (i % 26)), random.Next(60))}"),
        ];
    }
}

/// <summary>Three silos for the tests of one class.</summary>
public sealed class ThreeSilos : IAsyncLifetime
{
    internal SiloHosts Hosts { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hosts = await SiloHosts.StartAsync(3);

    public ValueTask DisposeAsync() => Hosts.DisposeAsync();
}
