using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>
/// The dashboard and the rules name metrics and labels that exist; Prometheus's own checker agrees with both ends.
/// </summary>
[Collection(MeasuredAlone.Name)]
public sealed partial class BackendFilesTests(PrometheusTools prometheus) : IClassFixture<PrometheusTools>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-backend-").FullName;

    private static string Rules => Path.Combine(AppContext.BaseDirectory, "prometheus", "alerts.yml");

    private static string Scrape => Path.Combine(AppContext.BaseDirectory, "prometheus", "scrape.yml");

    private static string Dashboard => Path.Combine(AppContext.BaseDirectory, "grafana", "sluice.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("alerts.yml")]
    [InlineData("sluice.json")]
    public async Task Every_metric_and_label_in_it_exists(string file)
    {
        await RunJobAsync();
        HashSet<string> known = [.. Metrics(), .. Labels()];

        string[] named = [.. NamesIn(file == "alerts.yml" ? Rules : Dashboard)];

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public async Task Every_instrument_is_on_the_dashboard()
    {
        await RunJobAsync();
        HashSet<string> shown = [.. NamesIn(Dashboard)];

        Assert.DoesNotContain(Metrics().GroupBy(Base), metric => !metric.Any(shown.Contains));
    }

    [Fact]
    public void Every_panel_asks_something_and_says_what_it_means()
    {
        JsonElement dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard)).RootElement;
        JsonElement[] panels =
            [.. dashboard.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.GetProperty("type").GetString() != "row")];

        Assert.All(panels, panel =>
        {
            Assert.NotEqual("", panel.GetProperty("description").GetString());
            Assert.True(panel.GetProperty("targets").GetArrayLength() > 0);
        });
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_the_rules_and_the_scrape_configuration()
    {
        prometheus.Require();

        (int rules, string rulesSaid) = await prometheus.CheckAsync("", "check", "rules", Rules);
        (int scrape, string scrapeSaid) = await prometheus.CheckAsync("", "check", "config", Scrape);

        Assert.True(rules == 0, rulesSaid);
        Assert.True(scrape == 0, scrapeSaid);
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_what_a_job_tells()
    {
        prometheus.Require();
        using PrometheusCollector collector = new(Telemetry.MeterName, "System.Runtime");
        await RunJobAsync();

        string text = collector.Collect();
        (int code, string said) = await prometheus.CheckAsync(text, "check", "metrics");

        Assert.Contains("sluice_io_bytes_total{", text, StringComparison.Ordinal);

        // Hints about names of the runtime's own are not ours.
        Assert.DoesNotContain(said.Split('\n'), line => line.Contains("sluice", StringComparison.Ordinal));
        Assert.True(code is 0 or 3, said);
    }

    /// <summary>What Prometheus calls the instruments, with the ends of histograms.</summary>
    private static List<string> Metrics()
    {
        using MeasurementRecorder recorder = new();
        List<string> names = [];
        foreach (Instrument instrument in recorder.Instruments.Values)
        {
            Type kind = instrument.GetType().GetGenericTypeDefinition();
            bool isHistogram = kind == typeof(Histogram<>);
            string name = PrometheusName.OfMetric(
                instrument.Name,
                instrument.Unit,
                isHistogram ? PrometheusKind.Histogram
                : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? PrometheusKind.Counter
                : PrometheusKind.Gauge);
            names.AddRange(isHistogram ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [name]);
        }

        return names;
    }

    private static string Base(string metric) => HistogramEnd().Replace(metric, "");

    private static IEnumerable<string> Labels() => typeof(MeasurementNames).GetFields()
        .Select(constant => PrometheusName.OfLabel((string)constant.GetRawConstantValue()!));

    private static IEnumerable<string> NamesIn(string file) =>
        NameInQuery().Matches(File.ReadAllText(file)).Select(match => match.Value).Distinct();

    // Makes all instruments, as any process with an engine does.
    private async Task RunJobAsync()
    {
        string input = Path.Combine(_folder, "in");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 2000).Select(i => $"{i * 7919 % 2000}"));
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = EngineOptions.LeastMemory(1, 512),
            Parallelism = 1,
            SegmentSize = 512,
            SpillDirectories = [_folder],
        });
        await engine.RunAsync(new JobRequest
        {
            Job = new SortJob(),
            Arguments = new JobArguments().Add("input", input).Add("out", Path.Combine(_folder, "out")),
            Name = "backend",
            Overwrite = true,
        }).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [GeneratedRegex(@"\bsluice_[a-z0-9_]+")]
    private static partial Regex NameInQuery();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramEnd();
}
