using System.Text.Json;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

/// <summary>What a cluster knows of a job: exported, ordered once more, explained before it runs.</summary>
public sealed class JobRecordTests : IAsyncLifetime
{
    private SiloHosts? _hosts;

    private SiloHosts Hosts => _hosts!;

    public async ValueTask InitializeAsync() => _hosts = await SiloHosts.StartAsync(2);

    public async ValueTask DisposeAsync() => await Hosts.DisposeAsync();

    [Fact]
    public async Task A_job_that_was_cancelled_runs_again_as_a_new_one_and_one_that_succeeded_does_not()
    {
        using Gate gate = new();
        string input = Hosts.Write("in", ["gate", "b", "a"]);
        ClusterJob job = Hosts.Job("gated", "out", [input], ("gate", gate.Name)) with { Partitions = 2 };
        await Hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived > 0), "a map runs");
        JobView running = await Hosts.Client.RetryAsync(job.Id, JobId.New());
        await Hosts.Client.CancelAsync(job.Id);
        gate.Open();
        JobView cancelled = await Hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);

        JobId fresh = JobId.New();
        JobView started = await Hosts.Client.RetryAsync(job.Id, fresh);
        JobView again = await Hosts.Client.RetryAsync(job.Id, fresh);
        JobView ended = await Hosts.Client.WatchAsync(fresh).WaitAsync(SiloHosts.Deadline);
        JobView refused = await Hosts.Client.RetryAsync(fresh, JobId.New());
        JobView unknown = await Hosts.Client.RetryAsync(JobId.New(), JobId.New());

        Assert.Equal((job.Id.Value, false), (running.Id, running.IsOver));
        Assert.Equal(JobStatus.Cancelled, cancelled.Status);
        Assert.Equal([fresh.Value, fresh.Value], [started.Id, again.Id]);
        SiloHosts.ReportOf(ended);
        Assert.Equal(["a 1", "b 1", "gate 1"], Hosts.Output("out").Order(StringComparer.Ordinal));
        Assert.Equal((fresh.Value, JobStatus.Succeeded), (refused.Id, refused.Status));
        Assert.Equal(JobStatus.Unknown, unknown.Status);
        Assert.Equal(2, (await Hosts.Client.ListAsync(10)).Count);
        await Hosts.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_has_report_plan_and_journal(bool succeeds)
    {
        string input = Hosts.Write("in", succeeds ? ["b", "c", "a"] : ["b", "throw", "a"]);
        ClusterJob job = Hosts.Job("throwing", "out", [input]) with { Partitions = 2 };
        await Hosts.RunAsync(job);

        JobExport export = await Hosts.Client.ExportAsync(job.Id);

        string[] kinds = [.. Lines(export.Journal).Select(line => line.GetProperty("kind").GetString()!)];
        Assert.Equal(["ordered", "started", "attempt"], kinds[..3]);
        Assert.Equal(succeeds ? "published" : "failed", kinds[^1]);
        Assert.Equal(succeeds, export.View.Report is not null);
        PlanReport plan = PlanReport.FromJson(export.Plan!);
        Assert.Equal([2, 2], plan.Stages.TakeLast(2).Select(stage => stage.Partitions ?? stage.Tasks));
        Assert.Equal("throwing", JsonDocument.Parse(export.Order!).RootElement.GetProperty("job").GetString());

        // Nobody knows it any more but the history.
        JobRecord? remembered = await new DirectoryHistory(Microsoft.Extensions.Options.Options.Create(
            new SluiceSiloOptions { HistoryDirectory = Hosts.PathOf("history") })).ReadAsync(job.Id.Value);
        Assert.Equal(
            (export.Order, export.Plan, export.Journal), (remembered!.Order, remembered.Plan, remembered.Journal));
        Assert.Equal(export.View.Status, remembered.View.Status);
    }

    [Fact]
    public async Task A_plan_is_explained_without_running_and_is_the_one_that_runs()
    {
        string input = Hosts.Write("in", ["b", "c", "a"]);
        ClusterJob job = Hosts.Job("sort", "out", [input]) with { Partitions = 3 };

        PlanReport plan = await Hosts.Client.ExplainAsync(job);
        bool isThere = Directory.Exists(Hosts.PathOf("out"));
        await Hosts.SucceedAsync(job);

        Assert.False(isThere);
        Assert.Equal(["sample", "map", "reduce"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal(PlanReport.FromJson((await Hosts.Client.ExportAsync(job.Id)).Plan!).ToJson(), plan.ToJson());
        SluiceException missing = await Assert.ThrowsAsync<SluiceException>(
            () => Hosts.Client.ExplainAsync(Hosts.Job("sort", "other", [Hosts.PathOf("nowhere")])));
        Assert.Contains(Hosts.PathOf("nowhere"), missing.Error.Where, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Lines(string? journal) =>
        journal!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));
}
