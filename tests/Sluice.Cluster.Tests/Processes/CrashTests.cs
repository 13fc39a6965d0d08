using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cluster.Tests;

/// <summary>
/// Silo processes that are killed or hang while a job runs: the result is exact, and nothing is left.
/// </summary>
public sealed class CrashTests
{
    private const int Map = 1;
    private const int Reduce = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    [Theory]
    [InlineData(Map, "attempt", "KILL")]
    [InlineData(Map, "won", "KILL")]
    [InlineData(Reduce, "attempt", "KILL")]
    [InlineData(Reduce, "won", "KILL")]
    [InlineData(Map, "won", "STOP")]
    public async Task A_silo_that_dies_or_hangs_costs_only_work(int stage, string line, string signal)
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        string checksum = await GenerateAsync(dev);
        using Process sort = StartSort(dev);
        await DevProcesses.AwaitAsync(
            () => Task.FromResult(dev.Journaled("out", line, stage) > 0), "the job is that far");

        int victim = dev.Children["silo-2"];
        await StrikeAsync(signal, victim);
        await AssertSortedAsync(dev, sort, checksum);

        await dev.AssertNothingLeftAsync("out", victim);
    }

    // On a machine that is busy itself all tasks crawl, and none is overtaken; where tasks are held at a gate, one is.
    [Fact]
    public async Task A_silo_that_crawls_costs_only_time()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        string checksum = await GenerateAsync(dev, 1_000_000);
        using Process sort = StartSort(dev);

        await CrawlAsync(dev.Children["silo-2"], () => sort.HasExited || dev.Journaled("out", "\"overtakes\":") > 0);

        await AssertSortedAsync(dev, sort, checksum);
        await dev.AssertNothingLeftAsync("out");
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_job_goes_on_when_the_silo_that_hosts_it_dies_or_hangs(string signal)
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        string checksum = await GenerateAsync(dev);
        using Process sort = StartSort(dev);
        await DevProcesses.AwaitAsync(
            () => Task.FromResult(dev.Journaled("out", "won", Map) > 0), "the job is that far");
        string host = (await dev.AskAsync("jobs", "ls")).GetProperty("jobs")[0].GetProperty("host").GetString()!;
        int victim = dev.Children.GetValueOrDefault(host, dev.Children["silo-1"]);

        await StrikeAsync(signal, victim);

        await AssertSortedAsync(dev, sort, checksum);
        await dev.AssertNothingLeftAsync("out", victim);
    }

    [Fact]
    public async Task A_job_goes_on_without_its_client_and_is_found_again()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();
        string checksum = await GenerateAsync(dev);
        using Process sort = StartSort(dev);
        await DevProcesses.AwaitAsync(
            () => Task.FromResult(dev.Journaled("out", "attempt", Map) > 0), "the job is that far");

        DevProcesses.Signal("KILL", sort.Id);
        await sort.WaitForExitAsync().WaitAsync(Deadline);
        JsonElement job = (await dev.AskAsync("jobs", "ls")).GetProperty("jobs")[0];
        using Process watch = dev.Start("jobs", "watch", job.GetProperty("id").GetString()!, "--cluster", dev.Gateways);

        await AssertSortedAsync(dev, watch, checksum);
        await dev.AssertNothingLeftAsync("out");
    }

    [Fact]
    public async Task Silos_end_when_their_parent_is_killed()
    {
        await using DevProcesses dev = await DevProcesses.StartAsync();

        await dev.KillParentAsync();

        await DevProcesses.AwaitAsync(
            () => Task.FromResult(!dev.Children.Values.Any(DevProcesses.IsAlive)), "all have ended");
    }

    // A hung silo is declared dead meanwhile, and finds that out when it wakes.
    private static async Task StrikeAsync(string signal, int victim)
    {
        DevProcesses.Signal(signal, victim);
        if (signal == "STOP")
        {
            await Task.Delay(TimeSpan.FromSeconds(8));
            DevProcesses.Signal("CONT", victim);
        }
    }

    // It gets some fifteenth of the time: enough to answer probes, and too little to keep up.
    private static async Task CrawlAsync(int silo, Func<bool> isEnough)
    {
        while (!isEnough())
        {
            DevProcesses.Signal("STOP", silo);
            await Task.Delay(700);
            DevProcesses.Signal("CONT", silo);
            await Task.Delay(50);
        }
    }

    private static async Task<string> GenerateAsync(DevProcesses dev, int records = 600_000)
    {
        ConsoleResult made = await dev.RunAsync(
            "gen", "gensort", "--records", $"{records}", "--out", "in", "-o", "json");
        Assert.True(made.ExitCode == 0, made.Error);
        return JsonDocument.Parse(made.Text).RootElement.GetProperty("checksum").GetString()!;
    }

    private static Process StartSort(DevProcesses dev) => dev.Start(
        "sort", dev.PathOf("in"), "--out", dev.PathOf("out"), "--format", "gensort", "--partitions", "6",
        "--cluster", dev.Gateways, "--no-progress");

    private static async Task AssertSortedAsync(DevProcesses dev, Process sort, string checksum)
    {
        Task<string> error = sort.StandardError.ReadToEndAsync();
        Task<string> output = sort.StandardOutput.ReadToEndAsync();
        await sort.WaitForExitAsync().WaitAsync(Deadline);
        await output;
        Assert.True(sort.ExitCode == 0, await error);
        ConsoleResult verified = await dev.RunAsync("verify", "sort", "out", "--format", "gensort", "-o", "json");
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Equal(checksum, JsonDocument.Parse(verified.Text).RootElement.GetProperty("checksum").GetString());
    }
}
