using System.Net;
using System.Text.Json;
using Sluice.Jobs;
using Sluice.Observability.Tests;

namespace Sluice.Cluster.Tests;

/// <summary>A real Prometheus reads silos while a job runs, and answers queries about it.</summary>
/// <remarks>Silos of one process share its instruments: nothing else runs beside these.</remarks>
[Collection(MeasuredAlone.Name)]
public sealed class PrometheusTests(PrometheusTools prometheus) : IClassFixture<PrometheusTools>
{
    private static readonly HttpClient Http = new() { Timeout = SiloHosts.Deadline };

    [Fact]
    public async Task A_silo_tells_metrics_where_that_is_on_and_has_no_such_page_where_it_is_not()
    {
        await using SiloHosts on = await SiloHosts.StartAsync(1, 2, "--Sluice:Metrics=true");
        await using SiloHosts off = await SiloHosts.StartAsync(1);

        string text = await Http.GetStringAsync(
            new Uri($"{on.Urls[0]}/metrics"), TestContext.Current.CancellationToken);
        using HttpResponseMessage none = await Http.GetAsync(
            new Uri($"{off.Urls[0]}/metrics"), TestContext.Current.CancellationToken);

        Assert.Contains("# TYPE sluice_pool_limit gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("sluice_slots_limit{sluice_silo=\"silo-0\"}", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Prometheus_answers_who_works_while_a_job_runs_and_what_it_moved_when_it_is_over()
    {
        prometheus.Require();
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, 1, "--Sluice:Metrics=true");
        string folder = Directory.CreateDirectory(hosts.PathOf("prometheus")).FullName;
        string rules = Path.Combine(AppContext.BaseDirectory, "prometheus", "alerts.yml");
        await using PrometheusServer server = new(folder, hosts.Urls.Select(url => new Uri(url).Authority), rules);
        string silos = $"sluice_silo=~\"{string.Join('|', hosts.Engines.Select(engine => engine.Observed.Silo))}\"";
        await server.AwaitAsync("sum(up{job=\"sluice\"})", value => value == 2);
        string shuffled = $"sum by (instance) (sluice_io_bytes_total{{{silos},sluice_flow=\"shuffled\"}})";
        double before = await server.QueryAsync(shuffled) is [double sum, ..] ? sum : 0;
        using Gate gate = new();
        string[] inputs =
            [.. Enumerable.Range(0, 2).Select(i => hosts.Write($"in-{i}", GatedCount.Pad([.. Lines(i), $"gate {i}"])))];
        ClusterJobRun job = await ClusterJobRun.StartAsync(
            hosts, hosts.Job("gated", "scraped", inputs, ("gate", gate.Name)) with { Partitions = 2 });
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 2), "both maps are under way");

        await server.AwaitAsync($"sum by (instance) (sluice_slots_used{{{silos}}})", value => value == 2);
        await server.AwaitAsync(
            $"sum by (instance) (sluice_pool_lent{{{silos},sluice_pool_owner=\"map\"}})", value => value > 0);
        await server.AwaitAsync(
            $"sum by (instance) (sluice_task_time_seconds_total{{{silos},sluice_stage=\"map\"}})", value => value > 0);
        gate.Open();
        JobReport report = await job.SucceedAsync();

        await server.AwaitAsync("max(sluice_jobs_total{sluice_outcome=\"succeeded\"})", value => value >= 1);
        await server.AwaitAsync(shuffled, value => value == before + report.Bytes.Shuffled);
        await server.AwaitAsync(
            $"sum by (instance) (sluice_exchange_received_bytes_total{{{silos}}})", value => value > 0);
        await server.AwaitAsync($"max(sluice_exchange_in_flight_bytes{{{silos}}})", value => value == 0);
        await server.AwaitAsync("max(sluice_pool_orphaned) or vector(0)", value => value == 0);
        JsonElement alerts = await server.AskAsync("rules");
        JsonElement[] evaluated = [.. alerts.GetProperty("groups")[0].GetProperty("rules").EnumerateArray()];
        Assert.Equal(7, evaluated.Length);
        Assert.All(evaluated, rule => Assert.Equal("ok", rule.GetProperty("health").GetString()));
        Assert.All(evaluated, rule => Assert.NotEqual("firing", rule.GetProperty("state").GetString()));
    }

    private static IEnumerable<string> Lines(int seed)
    {
        Random random = new(seed);
        return Enumerable.Range(0, 2000).Select(_ => $"{random.Next(900):D4}").Distinct();
    }
}

/// <summary>Tests that look at sums of the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

/// <summary>A job that goes on while its test looks.</summary>
internal sealed class ClusterJobRun
{
    private readonly SiloHosts _hosts;
    private readonly Grains.ClusterJob _job;

    private ClusterJobRun(SiloHosts hosts, Grains.ClusterJob job)
    {
        _hosts = hosts;
        _job = job;
    }

    public static async Task<ClusterJobRun> StartAsync(SiloHosts hosts, Grains.ClusterJob job)
    {
        await hosts.Client.SubmitAsync(job).WaitAsync(SiloHosts.Deadline);
        return new ClusterJobRun(hosts, job);
    }

    /// <summary>Its report, when it has succeeded.</summary>
    public async Task<JobReport> SucceedAsync() =>
        SiloHosts.ReportOf(await _hosts.Client.WatchAsync(_job.Id).WaitAsync(SiloHosts.Deadline));
}
