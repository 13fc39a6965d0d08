using Microsoft.Extensions.DependencyInjection;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>A silo that is told that a job is over, by whom it should not listen to, or twice.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task A_coordinator_that_was_replaced_does_not_end_the_job_of_its_successor()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        SiloEngine engine = hosts.Engines[0];
        INetworkBufferPoolService silo =
            hosts.Services[0].GetRequiredService<INetworkBufferPoolClient>().On(engine.Silo);
        using Gate gate = new();
        (JobId id, SiloJob job) = await HeldJobAsync(hosts, gate);
        Assert.True(job.Obeys(2));

        await silo.EndJobAsync(id.Value, 1).WaitAsync(SiloHosts.Deadline);
        Assert.Same(job, engine.Jobs.Find(id.Value));
        Assert.Single(job.Attempts);
        gate.Open();
        await silo.EndJobAsync(id.Value, 2).WaitAsync(SiloHosts.Deadline);
        Assert.NotSame(job, engine.Jobs.Find(id.Value));

        // Its coordinator notices that the silo has forgotten it.
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(id).WaitAsync(SiloHosts.Deadline));
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Whoever_ends_a_job_while_another_does_returns_when_nothing_of_it_runs()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        SiloEngine engine = hosts.Engines[0];
        using Gate gate = new();
        (JobId id, SiloJob job) = await HeldJobAsync(hosts, gate);

        Task first = Task.Run(() => engine.Jobs.End(id.Value));
        await SiloHosts.AwaitAsync(() => Task.FromResult(engine.Jobs.Find(id.Value) != job), "it is being ended");
        Task<int> second = Task.Run(() =>
        {
            engine.Jobs.End(id.Value);
            return job.Progress.Count();
        });

        // One that does not wait has the time to return.
        await Task.WhenAny(second, Task.Delay(300));
        gate.Open();
        Assert.Equal(0, await second.WaitAsync(SiloHosts.Deadline));
        await first.WaitAsync(SiloHosts.Deadline);
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(id).WaitAsync(SiloHosts.Deadline));
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_that_is_ended_takes_no_output_with_it_that_was_made_when_it_had_been_prepared_anew()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        SiloEngine engine = hosts.Engines[0];
        using Gate gate = new();
        (JobId id, SiloJob job) = await HeldJobAsync(hosts, gate);
        OutputId later = new(id.Value, 0, 0, 99);

        Task ended = Task.Run(() => engine.Jobs.End(id.Value));
        await SiloHosts.AwaitAsync(() => Task.FromResult(engine.Jobs.Find(id.Value) != job), "it is being ended");
        LocalBufferPool pool = engine.Pool.CreateBufferPool("the next attempt", 0, 1);
        engine.Keep(new ResultPartition(later, [], engine.StoreFor), pool);
        gate.Open();
        await ended.WaitAsync(SiloHosts.Deadline);

        Assert.NotNull(engine.Outputs.Find(later));
        engine.Outputs.Release(later);
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(id).WaitAsync(SiloHosts.Deadline));
        await hosts.AssertNothingLeftAsync();
    }

    /// <summary>A job whose only map waits at the gate.</summary>
    private static async Task<(JobId Id, SiloJob Job)> HeldJobAsync(SiloHosts hosts, Gate gate)
    {
        ClusterJob job = await hosts.HoldAsync(gate);
        return (job.Id, hosts.Engines[0].Jobs.Find(job.Id.Value)!);
    }
}
