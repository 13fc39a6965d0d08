using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>A finished output moves to a file when others need its segments; a cluster's report counts that.</summary>
public sealed class ReclaimedBytesTests
{
    private const string Gone = "127.0.0.1:21397@1";
    private const string Other = "127.0.0.1:21398@1";
    private const int LineLength = 1000;
    private const int SmallOutput = 1500 * LineLength;
    private const int LargeOutput = 9 << 20;

    /// <remarks>
    /// Two maps, one after the other: the output of the first stays in memory; the second has more than there is
    /// memory, so that it needs all of it before it spills.
    /// </remarks>
    [Fact]
    public async Task A_report_counts_what_an_output_moved_from_memory_to_a_file()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, slots: 1);
        string[] inputs =
        [
            hosts.Write("small", GatedCount.Pad(LinesOf(SmallOutput))),
            hosts.Write("large", LinesOf(LargeOutput)),
        ];

        JobReport report = await hosts.SucceedAsync(hosts.Job("unpadded", "out", inputs) with { Partitions = 3 });

        Assert.Equal(2, report.Stages.Single(stage => stage.Name == "map").Tasks);
        long reclaimed = report.Bytes.Spilled - report.Stages.Sum(stage => stage.SpilledBytes);
        Assert.InRange(reclaimed, SmallOutput, SmallOutput * 11 / 10);
        Assert.Equal((SmallOutput / LineLength) + (LargeOutput / LineLength), hosts.Output("out").Length);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_a_silo_tells_again_or_too_late_is_not_added()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, slots: 1);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate);
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(job.Id.Value);

        (string Silo, long Bytes)[] told = [(Gone, 500), (Gone, 700), (Gone, 700), (Gone, 600), (Other, 50)];
        foreach ((string silo, long bytes) in told)
        {
            await grain.HeartbeatAsync(
                new SiloHeartbeat { Silo = silo, Output = hosts.PathOf("out"), ReclaimedBytes = bytes });
        }

        Assert.Equal(700 + 50, (await grain.GetAsync(null)).Progress!.SpilledBytes);
        gate.Open();
        JobReport report = SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        Assert.Equal(700 + 50, report.Bytes.Spilled);
        await hosts.AssertNothingLeftAsync();
    }

    private static string[] LinesOf(int length) =>
    [
        .. Enumerable.Range(0, length / LineLength)
            .Select(i => $"{i * 7919 % (length / LineLength):D5}".PadRight(LineLength - 1, '.')),
    ];
}
