using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>An output directory that cannot be read for a while: no job is lost by that.</summary>
/// <remarks>A link to itself stands for a share that answers with an error; no right of a user reads it.</remarks>
public sealed class UnreadableOutputTests
{
    [Fact]
    public async Task What_cannot_be_read_is_told_apart_from_what_is_not_there()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        JobPlanning planning = hosts.Services[0].GetRequiredService<JobPlanning>();
        string output = hosts.PathOf("out");

        Assert.Equal(new FoundJob(), planning.TryResume(JobId.New(), output));
        Directory.CreateDirectory(output);
        Assert.Equal(new FoundJob(), planning.TryResume(JobId.New(), output));
        Directory.Delete(output);
        File.CreateSymbolicLink(output, output);
        IOException thrown = Assert.Throws<IOException>(() => planning.TryResume(JobId.New(), output));
        File.Delete(output);

        Assert.Contains(output, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("silo-0", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_may_be_the_jobs()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        JobPlanning planning = hosts.Services[0].GetRequiredService<JobPlanning>();
        string success = hosts.PathOf($"out/{OutputNames.Success}");
        Directory.CreateDirectory(hosts.PathOf("out"));
        File.CreateSymbolicLink(success, success);

        Assert.Throws<IOException>(() => planning.TryResume(JobId.New(), hosts.PathOf("out")));
    }

    [Fact]
    public async Task A_job_whose_host_leaves_while_its_directory_cannot_be_read_goes_on_when_it_can()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate);
        (string output, string away) = (hosts.PathOf("out"), hosts.PathOf("away"));
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(job.Id.Value);

        Directory.Move(output, away);
        File.CreateSymbolicLink(output, output);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        bool[] goesOn = new bool[3];
        for (int told = 0; told < goesOn.Length; told++)
        {
            goesOn[told] = await grain.HeartbeatAsync(
                new SiloHeartbeat { Silo = "127.0.0.1:21398@1", Output = output });
        }

        File.Delete(output);
        Directory.Move(away, output);
        gate.Open();
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        Assert.Equal([true, true, true], goesOn);
        Assert.Equal(1, gate.Arrived);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_of_which_nobody_can_tell_says_what_is_in_the_way_and_is_looked_for_again()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        string output = hosts.PathOf("out");
        File.CreateSymbolicLink(output, output);
        IJobGrain grain = hosts.Grains.GetGrain<IJobGrain>(Guid.NewGuid());

        JobView blocked = await grain.GetAsync(output);
        JobView still = await grain.GetAsync(null);
        File.Delete(output);
        JobView free = await grain.GetAsync(null);

        Assert.Contains(output, blocked.Progress?.Paused, StringComparison.Ordinal);
        Assert.Equal(blocked.Progress!.Paused, still.Progress?.Paused);
        Assert.Equal(
            (JobStatus.Running, JobStatus.Running, JobStatus.Unknown), (blocked.Status, still.Status, free.Status));
    }

    [Fact]
    public async Task A_new_job_whose_output_cannot_be_read_fails_at_once()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        string input = hosts.Write("in", ["b", "a"]);
        File.CreateSymbolicLink(hosts.PathOf("out"), hosts.PathOf("out"));

        JobView failed = await hosts.RunAsync(hosts.Job("sort", "out", [input]));

        Assert.Equal((JobStatus.Failed, "SLU1201"), (failed.Status, failed.Failure?.Code));
        Assert.Contains(hosts.PathOf("out"), failed.Failure!.Where, StringComparison.Ordinal);
        File.Delete(hosts.PathOf("out"));
    }
}
