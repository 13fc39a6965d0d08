using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>A silo that died while its disk was full.</summary>
public sealed class PausedSiloTests
{
    [Fact]
    public async Task What_a_dead_silo_waited_for_is_not_told_any_more()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, slots: 1);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate);
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(job.Id.Value);

        // The last that it told.
        await grain.HeartbeatAsync(new SiloHeartbeat
        {
            Silo = "127.0.0.1:21397@1",
            Output = hosts.PathOf("out"),
            Paused = "the disk is full",
            Bytes = [1 << 20],
            SpilledBytes = [7],
        });
        JobProgressView progress = (await grain.GetAsync(null)).Progress!;
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.Equal((null, 0), (progress.Paused, progress.SpilledBytes));
        await hosts.AssertNothingLeftAsync();
    }
}
