using Orleans.Core.Internal;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>A journal on a disk that stands still for a while, or is full.</summary>
public sealed class SlowJournalTests : IAsyncLifetime
{
    private readonly Gate _gate = new();
    private SiloHosts? _hosts;

    private SiloHosts Hosts => _hosts!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an open file can be replaced.");
        _hosts = await SiloHosts.StartAsync(1, slots: 1);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        if (_hosts is not null)
        {
            await _hosts.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_job_answers_while_its_journal_is_written_and_does_nothing_before_that()
    {
        (JobId job, string journal) = await MapAsync();
        IJobGrain grain = Hosts.Grains.GetGrain<IJobGrain>(job.Value);

        using StillDisk disk = new(journal);
        _gate.Open();
        await SiloHosts.AwaitAsync(
            async () => (await grain.GetAsync(null)).Progress is { Stage: "reduce" }, "the map's end is taken in");
        bool goesOn = await grain.HeartbeatAsync(
            new SiloHeartbeat { Silo = "127.0.0.1:21398@1", Output = Hosts.PathOf("out") });
        SiloView silo = Hosts.Engines[0].View;
        int untold = Hosts.Engines[0].Jobs.Find(job.Value)!.Attempts.Count;
        disk.GoOn();
        SiloHosts.ReportOf(await Hosts.Client.WatchAsync(job).WaitAsync(SiloHosts.Deadline));

        Assert.True(goesOn, "The silo was told to give the job up.");
        Assert.Equal((0, 0), (silo.Running, silo.Queued));
        Assert.Equal(1, untold); // Its silo keeps an end that is not written down.
        Assert.Equal(["b 1", "gate 1"], Hosts.Output("out").Order(StringComparer.Ordinal));
        await Hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_whose_journal_finds_no_room_waits_says_so_and_goes_on()
    {
        (JobId job, string journal) = await MapAsync();

        Action giveRoom = FaultyFiles.Fill(journal);
        _gate.Open();
        await SiloHosts.AwaitAsync(
            async () => (await Hosts.Client.GetAsync(job)).Progress?.Paused?.Contains(
                $"the disk of {journal}", StringComparison.Ordinal) == true,
            "the pause is told");
        giveRoom();
        SiloHosts.ReportOf(await Hosts.Client.WatchAsync(job).WaitAsync(SiloHosts.Deadline));

        Assert.Equal(["b 1", "gate 1"], Hosts.Output("out").Order(StringComparer.Ordinal));
        await Hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_whose_grain_leaves_while_its_journal_finds_no_room_goes_on_elsewhere()
    {
        (JobId job, string journal) = await MapAsync();
        IJobGrain grain = Hosts.Grains.GetGrain<IJobGrain>(job.Value);

        FaultyFiles.Fill(journal);
        _gate.Open();
        await SiloHosts.AwaitAsync(
            async () => (await Hosts.Client.GetAsync(job)).Progress?.Paused is not null, "the journal waits");
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        SiloHosts.ReportOf(await Hosts.Client.WatchAsync(job).WaitAsync(SiloHosts.Deadline));

        Assert.Equal(["b 1", "gate 1"], Hosts.Output("out").Order(StringComparer.Ordinal));
        await Hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_that_is_cancelled_while_its_journal_finds_no_room_ends_and_leaves_nothing()
    {
        (JobId job, string journal) = await MapAsync();

        FaultyFiles.Fill(journal);
        _gate.Open();
        await SiloHosts.AwaitAsync(
            async () => (await Hosts.Client.GetAsync(job)).Progress?.Paused is not null, "the journal waits");
        await Hosts.Client.CancelAsync(job);
        JobView ended = await Hosts.Client.WatchAsync(job).WaitAsync(SiloHosts.Deadline);

        Assert.Equal(JobStatus.Cancelled, ended.Status);
        Assert.False(Directory.Exists(Hosts.PathOf("out")), "The output is left.");
        await Hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_whose_journal_finds_no_room_in_time_fails_and_leaves_nothing()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, 1, "--Sluice:DiskWait=00:00:00");
        ClusterJob job = await hosts.HoldAsync(_gate, hosts.Gated(_gate));

        FaultyFiles.Fill(Path.Combine(hosts.PathOf("out"), OutputNames.Staging(job.Id), OutputNames.Journal));
        _gate.Open();
        JobView ended = await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);

        Assert.Equal((JobStatus.Failed, SluiceErrors.DiskFull("").Code), (ended.Status, ended.Failure?.Code));
        Assert.False(Directory.Exists(hosts.PathOf("out")), "The output is left.");
        await hosts.AssertNothingLeftAsync();
    }

    /// <summary>A job whose only map waits at the gate.</summary>
    private async Task<(JobId Id, string Journal)> MapAsync()
    {
        ClusterJob job = await Hosts.HoldAsync(
            _gate, Hosts.Job("gated", "out", [Hosts.Write("in", ["gate", "b"])], ("gate", _gate.Name)));
        return (job.Id, Path.Combine(Hosts.PathOf("out"), OutputNames.Staging(job.Id), OutputNames.Journal));
    }
}
