using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Cluster.Tests;

/// <summary>Silos that are to plan a job, some of which cannot.</summary>
public sealed class JobCrewTests(FourSilos cluster) : IClassFixture<FourSilos>
{
    private SiloHosts Hosts => cluster.Hosts;

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("differing")]
    public async Task Every_silo_that_cannot_plan_a_job_is_named_and_every_one_that_has_is_told_of_its_end(string name)
    {
        IServiceProvider silo = Hosts.Services[0];
        SiloRoster roster = silo.GetRequiredService<SiloRoster>();
        PlannedJob job = silo.GetRequiredService<JobPlanning>().PlanNew(Order(name));
        JobCrew crew = new(
            job.Order.Id,
            Hosts.Grains,
            silo.GetRequiredService<INetworkBufferPoolClient>(),
            roster,
            DiskWait.None,
            NullLogger.Instance);

        // The unfit ones answer first.
        IReadOnlyList<SiloView> workers = [.. (await roster.WorkersAsync()).Reverse()];
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => crew.JoinAsync(workers, job, mustAll: true));
        await crew.GiveUpAsync(job.Epoch);

        Assert.Equal(["silo-3", "silo-2", "silo-1", "silo-0"], workers.Select(worker => worker.Name));
        Assert.Equal(
            ["silo-3", "silo-2"],
            workers.Select(worker => worker.Name)
                .Where(known => thrown.Error.Where.Contains(known, StringComparison.Ordinal)));
        Assert.All(Hosts.Engines, engine => Assert.Null(engine.Jobs.Find(job.Order.Id.Value)));
    }

    private JobOrder Order(string name) => new()
    {
        Id = JobId.New(),
        Job = name,
        Arguments = new Dictionary<string, string[]>
        {
            ["input"] = [Hosts.Write($"in-{name}", ["b", "a"])],
            ["out"] = [Hosts.PathOf($"out-{name}")],
        },
        Name = name,
        Parallelism = 8,
    };
}

/// <summary>Four silos for the tests of one class, two of them odd.</summary>
public sealed class FourSilos : IAsyncLifetime
{
    internal SiloHosts Hosts { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hosts = await SiloHosts.StartAsync(4);

    public ValueTask DisposeAsync() => Hosts.DisposeAsync();
}
