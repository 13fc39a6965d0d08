using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>What holds a job of a cluster up: while it runs, and in its report.</summary>
public sealed class BottleneckTests
{
    [Fact]
    public async Task A_running_job_tells_what_its_ended_tasks_say_and_a_finished_one_what_each_silo_did()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, 1);
        using Gate gate = new();
        string[] inputs =
        [
            hosts.Write("in-quick", GatedCount.Pad(["quick"])),
            hosts.Write("in-gated", GatedCount.Pad(["gate"])),
        ];
        ClusterJob job = hosts.Job("gated", "why", inputs, ("gate", gate.Name)) with { Partitions = 2 };
        await hosts.Client.SubmitAsync(job);

        JobView running = new();
        await SiloHosts.AwaitAsync(
            async () => (running = await hosts.Client.GetAsync(job.Id)).Bottleneck is not null, "a task has ended");
        Bottleneck soFar = Bottleneck.FromJson(running.Bottleneck!);
        gate.Open();
        JobReport report = SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.False(running.IsOver);
        Assert.EndsWith(".", soFar.Sentence, StringComparison.Ordinal);
        Assert.NotNull(report.Bottleneck);
        StageReport map = report.Stages.Single(stage => stage.Name == "map");
        Assert.Equal(hosts.Engines.Select(engine => engine.Name).Order(), map.Silos.Select(silo => silo.Silo).Order());
        Assert.All(map.Silos, silo => Assert.Equal(1, silo.Tasks));
        Assert.Equal(map.RecordsIn, map.Silos.Sum(silo => silo.RecordsIn));
        Assert.Contains(map.Silos, silo => silo.Silo == map.Longest!.Silo);
        Assert.All(report.Stages, stage =>
            Assert.Equal(100, stage.Shares.Busy + stage.Shares.BackPressured + stage.Shares.Idle, 9));
        Assert.True(
            report.Stages.Single(stage => stage.Name == "reduce").Waits.Fetch > 0, "Blocks came from the other silo.");
        await hosts.AssertNothingLeftAsync();
    }
}
