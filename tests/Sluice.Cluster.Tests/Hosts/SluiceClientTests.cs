using Orleans.Runtime.Placement;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Cluster.Tests;

public sealed class SluiceClientTests
{
    [Fact]
    public async Task A_cluster_that_is_gone_is_told_as_one_that_cannot_be_reached()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        SluiceClient client = new(hosts.Orleans, TimeSpan.FromSeconds(1));
        Assert.Single(await client.GetSilosAsync());
        await hosts.StopAsync(0);

        Task<JobView>[] calls = [client.GetAsync(JobId.New()), client.WatchAsync(JobId.New())];

        foreach (Task<JobView> call in calls)
        {
            SluiceException silent =
                await Assert.ThrowsAsync<SluiceException>(() => call.WaitAsync(SiloHosts.Deadline));
            Assert.Equal(("SLU1411", ErrorKind.Unreachable), (silent.Error.Code, silent.Error.Kind));
        }
    }

    [Fact]
    public async Task A_job_is_known_while_silos_work_for_it_though_its_host_died_and_nothing_else_remembers_it()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(3, slots: 1, "--Sluice:HistoryDirectory=");
        string[] inputs = [.. Enumerable.Range(0, 3).Select(
            i => hosts.Write($"in-{i}", GatedCount.Pad([.. Enumerable.Repeat("slow", 2000)])))];
        ClusterJob job = hosts.Job("gated", "out", inputs);
        RequestContext.Set(
            IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(hosts.Engines[2].Silo));
        Assert.Equal("silo-2", (await hosts.Client.SubmitAsync(job)).Host);
        RequestContext.Clear();
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(hosts.Engines.All(engine => engine.View.Running == 1)), "every silo maps");

        Task aborted = hosts.AbortAsync(2);
        List<JobView> views = [];
        while (!aborted.IsCompleted || views.Count < 10 || views[^1].Status == JobStatus.Unknown)
        {
            views.Add(await hosts.Client.GetAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        }

        await aborted;
        Assert.DoesNotContain(views, view => view.Status == JobStatus.Unknown);
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
    }

    [Fact]
    public async Task A_silo_that_plans_for_one_console_answers_others()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        using Gate gate = new();
        ClusterJob job = hosts.Job("held-plan", "out", [hosts.Write("in", ["b", "a"])], ("gate", gate.Name));
        Task<PlanReport>[] plans =
            [.. Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => hosts.Client.ExplainAsync(job))];
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived > 0), "it is being planned");

        JobView unknown = await hosts.Client.GetAsync(JobId.New()).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(JobStatus.Unknown, unknown.Status);
        gate.Open();
        Assert.All(await Task.WhenAll(plans).WaitAsync(SiloHosts.Deadline), plan => Assert.Equal(2, plan.Stages.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task A_job_whose_output_is_no_path_is_refused(string output)
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1);
        ClusterJob job = new()
        {
            Job = "unpadded",
            Arguments = new JobArguments().Add("input", hosts.Write("in", ["a"])).Add("out", output),
            Name = "nowhere",
        };

        JobView ended = await hosts.RunAsync(job);

        Assert.Equal((JobStatus.Failed, "SLU1011"), (ended.Status, ended.Failure?.Code));
    }
}
