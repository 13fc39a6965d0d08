using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>Each silo says which directories lie on its own disks, and reads them first.</summary>
public sealed class PlacementTests
{
    [Fact]
    public async Task The_first_tasks_run_on_the_silos_near_their_input()
    {
        const int Lines = 90_000;
        await using SiloHosts hosts = await SiloHosts.StartAsync(silos: 2, slots: 1);
        string[] inputs =
        [
            hosts.Write("disk-1/a", LongLines("a", Lines)),
            hosts.Write("disk-0/b", LongLines("b", Lines)),
        ];
        ClusterJob job = hosts.Job("sort", "out", inputs) with { Partitions = 2 };

        JobReport report = await hosts.SucceedAsync(job);
        JobTimeline trace = await hosts.Client.GetTraceAsync(job.Id);

        IReadOnlyList<(string Silo, int Task)> first =
        [
            .. from silo in trace.Silos
            from attempt in silo.Attempts
            where attempt.StageName == "map"
            group attempt by silo.Silo into ran
            select (ran.Key, ran.MinBy(attempt => attempt.Started)!.Task),
        ];
        int maps = Assert.Single(report.Stages, stage => stage.Name == "map").Tasks;
        Assert.Equal(2 * Lines, report.Certificate.Records);
        Assert.Contains(("silo-1", 0), first);
        Assert.InRange(Assert.Single(first, one => one.Silo == "silo-0").Task, maps / 2, maps - 1);
    }

    private static IEnumerable<string> LongLines(string name, int count) =>
        Enumerable.Range(0, count).Select(i => $"{i * 7919L % count:D6} {name}".PadRight(200, '.'));
}
