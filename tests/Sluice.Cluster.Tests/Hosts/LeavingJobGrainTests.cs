using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>The grain of a job that goes away, as it does when the silo goes that knew where it lives.</summary>
public sealed class LeavingJobGrainTests
{
    [Fact]
    public async Task A_job_whose_grain_leaves_while_it_is_planned_goes_on_elsewhere()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        string input = hosts.Write("in", ["b", "a"]);
        ClusterJob job = hosts.Job("held-plan", "out", [input], ("gate", gate.Name));
        await hosts.HoldAsync(gate, job);

        await LeaveAsync(hosts, job.Id);
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.Equal(["a", "b"], hosts.Output("out"));
        await hosts.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_whose_grain_leaves_while_it_is_planned_is_known_and_so_is_its_end(bool succeeds)
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        string input = succeeds ? hosts.Write("in", ["b", "a"]) : hosts.PathOf("nowhere");
        ClusterJob job = hosts.Job("held-plan", "out", [input], ("gate", gate.Name));
        await hosts.HoldAsync(gate, job);

        await LeaveAsync(hosts, job.Id);
        await SiloHosts.AwaitAsync(
            async () => (await hosts.Client.GetAsync(job.Id)).Status == JobStatus.Planning, "it is told as planned");
        gate.Open();
        JobView ended = await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);

        string status = succeeds ? JobStatus.Succeeded : JobStatus.Failed;
        Assert.Equal(status, ended.Status);
        Assert.Equal(status, (await hosts.Client.ExportAsync(job.Id)).View.Status);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_whose_grain_leaves_while_it_ends_ends_once_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an open file can be replaced.");
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, slots: 1);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate);
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(job.Id.Value);

        // Its journal cannot be written, so it ends at once, but for the map.
        FaultyFiles.Fill(Path.Combine(hosts.PathOf("out"), OutputNames.Staging(job.Id), OutputNames.Journal));
        await grain.CancelAsync(null);
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(hosts.Engines[0].Jobs.Find(job.Id.Value) is null), "it is being ended");
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        gate.Open();
        JobView ended = await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);

        Assert.Equal((JobStatus.Cancelled, 1), (ended.Status, gate.Arrived));
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_that_comes_back_on_a_silo_that_cannot_plan_it_goes_on_on_another()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate, hosts.Gated(gate, "gated-not-everywhere"));
        SiloEngine unfit = await hosts.AddAsync();
        await SiloHosts.AwaitAsync(async () => (await hosts.Client.GetSilosAsync()).Count == 3, "it is there");
        IJobGrain grain = hosts.Services[2].GetRequiredService<IGrainFactory>().GetGrain<IJobGrain>(job.Id.Value);

        // A heartbeat may be faster, and bring it back where it can be planned.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(unfit.Silo));
        await SiloHosts.AwaitAsync(
            async () =>
            {
                await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
                return (await grain.GetAsync(hosts.PathOf("out"))).Silo == unfit.Silo;
            },
            "it comes back on the unfit one");
        RequestContext.Clear();
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.Equal(["gate 1"], hosts.Output("out"));
        await hosts.AssertNothingLeftAsync();
    }

    private static async Task LeaveAsync(SiloHosts hosts, JobId id)
    {
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(id.Value);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await SiloHosts.AwaitAsync(
            async () => (await grain.GetAsync(null)).Status == JobStatus.Unknown,
            "a new grain knows nothing of the job");
    }
}
