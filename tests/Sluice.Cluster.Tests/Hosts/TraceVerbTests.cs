using System.Text.Json;
using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>`sluice trace` against two silos: what it prints, and what it refuses with which code.</summary>
public sealed class TraceVerbTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    private SiloHosts Hosts => cluster.Hosts;

    [Fact]
    public async Task A_job_run_from_the_console_with_all_buffers_can_be_told_from_silo_to_silo()
    {
        string input = Hosts.Write("in-verb", Enumerable.Range(0, 2000).Select(i => $"{i * 7919 % 2000:D5} line"));
        ConsoleResult sorted = await RunAsync(
            "sort", input, "--out", Hosts.PathOf("verb"), "--partitions", "4", "--trace-buffers", "all", "-o", "json");
        string id = JsonDocument.Parse(sorted.Text).RootElement.GetProperty("id").GetString()!;
        string trace = JsonDocument.Parse(sorted.Text).RootElement.GetProperty("traceId").GetString()!;
        await Hosts.AssertNothingLeftAsync();

        ConsoleResult times = await RunAsync("trace", id, "--trace-link", "http://here/{traceId}");
        ConsoleResult life = await RunAsync("trace", id, "--buffers");
        ConsoleResult json = await RunAsync("trace", id, "-o", "json");

        Assert.Equal((0, 0, 0), (times.ExitCode, life.ExitCode, json.ExitCode));
        Assert.Contains($"http://here/{trace}", times.Text, StringComparison.Ordinal);
        Assert.Contains("reduce", times.Text, StringComparison.Ordinal);
        string[] steps = life.Text.Split('\n');
        int sent = Array.FindIndex(steps, line => line.Contains("  sent  ", StringComparison.Ordinal));
        int received = Array.FindIndex(steps, line => line.Contains("  received  ", StringComparison.Ordinal));
        Assert.InRange(sent, 0, received);
        Assert.Contains("buffer 1", steps[sent], StringComparison.Ordinal);
        Assert.Contains("buffer 2", steps[received], StringComparison.Ordinal);
        JsonElement root = JsonDocument.Parse(json.Text).RootElement;
        Assert.Equal(
            ("sluice.trace/1", id, trace),
            (root.GetProperty("schema").GetString(), root.GetProperty("id").GetString(),
                root.GetProperty("traceId").GetString()));
    }

    [Fact]
    public async Task Attempts_of_a_silo_that_is_gone_are_told_as_missing()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        string[] inputs = [.. Enumerable.Range(0, 6).Select(i => hosts.Write($"in-{i}", [$"{i}"]))];
        ClusterJob job = hosts.Job("sort", "out", inputs) with { Partitions = 4 };
        string[] trace = ["trace", job.Id.ToString(), "--cluster", hosts.Engines[0].Gateway];
        await hosts.SucceedAsync(job);

        ConsoleResult whole = await ConsoleProcess.RunAsync(hosts.Folder, trace);
        await hosts.StopAsync(1);
        ConsoleResult part = await ConsoleProcess.RunAsync(hosts.Folder, trace);

        Assert.DoesNotContain("not shown", whole.Error, StringComparison.Ordinal);
        Assert.Contains("attempts on silo-1 are not shown", part.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_known_ends_with_4_and_what_is_wrong_with_2()
    {
        string input = Hosts.Write("in-refuse", ["b", "a"]);
        ClusterJob job = Hosts.Job("sort", "refuse", [input]) with { TraceBuffers = 0 };
        await Hosts.SucceedAsync(job);

        ConsoleResult unknown = await RunAsync("trace", Guid.NewGuid().ToString("N"));
        ConsoleResult noId = await RunAsync("trace", "sort");
        ConsoleResult noLives = await RunAsync("trace", job.Id.ToString(), "--buffers");
        ConsoleResult noCluster = await ConsoleProcess.RunAsync(Hosts.Folder, ["trace", job.Id.ToString()]);

        Assert.Equal((4, 4, 4, 2), (unknown.ExitCode, noId.ExitCode, noLives.ExitCode, noCluster.ExitCode));
        Assert.Contains("--trace-buffers all", noLives.Error, StringComparison.Ordinal);
        Assert.Contains("--cluster", noCluster.Error, StringComparison.Ordinal);
        Assert.Equal(3, noCluster.ErrorLines.Length);
    }

    private Task<ConsoleResult> RunAsync(params string[] arguments) =>
        ConsoleProcess.RunAsync(Hosts.Folder, [.. arguments, "--cluster", Hosts.Engines[0].Gateway]);
}
