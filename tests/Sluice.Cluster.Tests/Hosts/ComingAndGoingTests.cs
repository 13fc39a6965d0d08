using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>Silos that stop in good order and silos that join while a job runs.</summary>
public sealed class ComingAndGoingTests
{
    [Fact]
    public async Task A_silo_that_stops_in_the_middle_finishes_its_tasks_and_no_try_counts_as_failed()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(3, slots: 1);
        using Gate gate = new();
        string[] inputs = Inputs(hosts, 6);
        ClusterJob job = hosts.Job("gated", "out", inputs, ("gate", gate.Name)) with { Partitions = 5 };
        await hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 3), "every silo maps");

        Task stopping = hosts.StopAsync(2);
        await SiloHosts.AwaitAsync(() => Task.FromResult(hosts.Engines[2].IsDraining), "it drains");
        gate.Open();
        JobReport report = SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        await stopping;

        AssertCounted(hosts, inputs);
        Assert.All(report.Stages, stage => Assert.Equal(stage.Tasks, stage.Attempts));
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_task_that_takes_too_long_is_overtaken_on_another_silo_and_what_it_makes_is_thrown_away()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 3);
        using Gate gate = new() { Holds = 1 };
        string[] inputs = Inputs(hosts, 5);
        for (int i = 1; i < inputs.Length; i++)
        {
            File.WriteAllLines(inputs[i], File.ReadAllLines(inputs[i]).Where(line => line != "gate"));
        }

        ClusterJob job = hosts.Job("gated", "out", inputs, ("gate", gate.Name)) with { Partitions = 5 };
        JobReport report = await hosts.SucceedAsync(job);

        // The slow one is at the gate still; it ends after its job, and leaves nothing.
        Assert.Equal(2, gate.Arrived);
        Assert.Equal([1, 0], report.Stages.Select(stage => stage.SecondAttempts));
        Assert.Equal([6, 5], report.Stages.Select(stage => stage.Attempts));
        gate.Open();
        AssertCounted(hosts, inputs);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_gets_tasks_of_a_job_that_runs()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        string[] inputs = Inputs(hosts, 6);
        ClusterJob job = hosts.Job("gated", "out", inputs, ("gate", gate.Name)) with { Partitions = 5 };
        await hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 2), "both silos map");

        SiloEngine joined = await hosts.AddAsync();
        await SiloHosts.AwaitAsync(() => Task.FromResult(joined.View.Running == 1), "the new one maps");
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        AssertCounted(hosts, inputs);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_drained_silo_gets_no_tasks()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        Assert.True(await hosts.Client.DrainAsync("silo-1"));
        Assert.False(await hosts.Client.DrainAsync("silo-9"));

        string[] inputs = Inputs(hosts, 3);
        ClusterJob job = hosts.Job("gated", "out", inputs, ("gate", gate.Name));
        await hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 1), "one silo maps");

        Assert.Equal((1, 0), (hosts.Engines[0].View.Running, hosts.Engines[1].View.Running));
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        AssertCounted(hosts, inputs);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_drained_silo_is_not_asked_whether_it_could_run_a_job()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(TestJobs.OddSilo + 1);
        string[] inputs = [hosts.Write("in", ["b", "a"])];
        Assert.True(await hosts.Client.DrainAsync($"silo-{TestJobs.OddSilo}"));

        // Each on a silo that chance finds.
        for (int job = 0; job < 6; job++)
        {
            await hosts.SucceedAsync(hosts.Job("not-everywhere", $"out-{job}", inputs));
            Assert.Equal(["a", "b"], hosts.Output($"out-{job}"));
        }

        await hosts.AssertNothingLeftAsync();
    }

    private static string[] Inputs(SiloHosts hosts, int count) =>
        [.. Enumerable.Range(0, count).Select(i => hosts.Write($"in-{i}", GatedCount.Pad([.. Lines(i), "gate"])))];

    private static IEnumerable<string> Lines(int seed)
    {
        Random random = new(seed);
        return Enumerable.Range(0, 3000).Select(_ => $"{random.Next(100_000):D6}");
    }

    private static void AssertCounted(SiloHosts hosts, string[] inputs) => Assert.Equal(
        inputs.SelectMany(File.ReadAllLines).Where(line => line[0] != 'p')
            .GroupBy(line => line).Select(group => $"{group.Key} {group.Count()}").Order(StringComparer.Ordinal),
        hosts.Output("out").Order(StringComparer.Ordinal));
}
