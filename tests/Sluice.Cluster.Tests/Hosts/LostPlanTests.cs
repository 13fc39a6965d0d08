using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>A job whose silo died while it planned it: there is no journal, only what the history remembers.</summary>
public sealed class LostPlanTests(TwoSilos cluster) : IClassFixture<TwoSilos>, IAsyncLifetime
{
    private const string DeadSilo = "127.0.0.1:21399@7";

    private SiloHosts Hosts => cluster.Hosts;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Hosts.AssertNothingLeftAsync();

    [Theory]
    [InlineData("out-watched")]
    [InlineData("")]
    public async Task Whoever_waits_for_it_has_it_planned_anew(string told)
    {
        JobOrder order = await LeaveAsync("watched", told);

        JobView ended = await Hosts.Client.WatchAsync(order.Id).WaitAsync(SiloHosts.Deadline);

        JobReport report = SiloHosts.ReportOf(ended);
        Assert.Equal(["a", "b"], Hosts.Output("out-watched"));
        Assert.Equal(order.OrderedAt, ended.Started);
        Assert.Equal(order.TraceParent!.Split('-')[1], report.TraceId);
        Directory.Delete(Hosts.PathOf("out-watched"), recursive: true);
    }

    [Fact]
    public async Task One_whose_silo_died_before_its_journal_had_a_line_is_planned_anew()
    {
        JobOrder order = await LeaveAsync("begun", "out-begun");
        OutputDirectory dead = OutputDirectory.Prepare(Hosts.PathOf("out-begun"), order.Id, overwrite: false);
        await File.WriteAllTextAsync(dead.JournalPath, "", TestContext.Current.CancellationToken);
        dead.Abandon();

        JobView ended = await Hosts.Client.WatchAsync(order.Id).WaitAsync(SiloHosts.Deadline);

        SiloHosts.ReportOf(ended);
        Assert.Equal(["a", "b"], Hosts.Output("out-begun"));
    }

    [Fact]
    public async Task Whoever_lists_jobs_has_it_planned_anew()
    {
        JobOrder order = await LeaveAsync("listed", "out-listed");

        await SiloHosts.AwaitAsync(
            async () => (await Hosts.Client.ListAsync(10))
                .Single(job => job.Id == order.Id.Value).Status == JobStatus.Succeeded,
            "it is listed as succeeded");

        Assert.Equal(["a", "b"], Hosts.Output("out-listed"));
    }

    [Fact]
    public async Task It_can_be_cancelled()
    {
        JobOrder order = await LeaveAsync("cancelled", "out-cancelled");

        await Hosts.Client.CancelAsync(order.Id);
        JobView ended = await Hosts.Client.WatchAsync(order.Id).WaitAsync(SiloHosts.Deadline);

        Assert.Equal(JobStatus.Cancelled, ended.Status);
    }

    [Fact]
    public async Task One_that_a_living_silo_plans_is_not_planned_twice()
    {
        JobOrder order = await LeaveAsync("planned", "out-planned", Hosts.Engines[1].Silo);

        JobView view = await Hosts.Client.GetAsync(order.Id);

        Assert.Equal((JobStatus.Planning, "silo-7"), (view.Status, view.Host));
        Assert.False(Directory.Exists(Hosts.PathOf("out-planned")));
    }

    [Fact]
    public async Task One_that_ran_and_of_which_nothing_is_left_is_not_told_as_running()
    {
        JobOrder order = await LeaveAsync("gone", "out-gone", status: JobStatus.Running);

        IReadOnlyList<JobView> jobs = await Hosts.Client.ListAsync(10);

        Assert.Equal(JobStatus.Unknown, jobs.Single(job => job.Id == order.Id.Value).Status);
    }

    [Fact]
    public async Task No_client_is_needed_when_its_silo_dies()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2);
        await LeaveAsync(hosts, "alone", "out-alone", hosts.Engines[1].Silo);

        await hosts.StopAsync(1);

        await SiloHosts.AwaitAsync(
            () => Task.FromResult(File.Exists(hosts.PathOf("out-alone/_SUCCESS"))),
            "it has been planned anew, and run");
        await hosts.AssertNothingLeftAsync();
    }

    private Task<JobOrder> LeaveAsync(
        string name, string output, string silo = DeadSilo, string status = JobStatus.Planning) =>
        LeaveAsync(Hosts, name, output, silo, status);

    /// <summary>Leaves what a silo has written when it dies while it plans.</summary>
    private static async Task<JobOrder> LeaveAsync(
        SiloHosts hosts, string name, string output, string silo, string status = JobStatus.Planning)
    {
        JobOrder order = new()
        {
            Id = JobId.New(),
            Job = "sort",
            Arguments = new Dictionary<string, string[]>
            {
                ["input"] = [hosts.Write($"in-{name}", ["b", "a"])],
                ["out"] = [hosts.PathOf($"out-{name}")],
            },
            Name = name,
            OrderedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            TraceParent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00",
        };
        JobView view = new()
        {
            Id = order.Id.Value,
            Name = name,
            Status = status,
            Output = output.Length == 0 ? "" : hosts.PathOf(output),
            Started = order.OrderedAt,
            Host = "silo-7",
            Silo = silo,
        };
        await hosts.Services[0].GetRequiredService<IJobHistory>().WriteAsync(new JobRecord(view)
        {
            Order = JsonSerializer.Serialize(order, CoordinationJson.Default.JobOrder),
        });
        return order;
    }
}
