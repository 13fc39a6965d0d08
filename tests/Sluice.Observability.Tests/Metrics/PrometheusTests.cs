using System.Diagnostics.Metrics;

namespace Sluice.Observability.Tests;

/// <summary>What instruments measure, as Prometheus reads it.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly string _name = $"Sluice.Tests.{Guid.NewGuid():N}";
    private readonly Meter _meter;

    public PrometheusTests() => _meter = new Meter(_name);

    public void Dispose() => _meter.Dispose();

    [Theory]
    [InlineData("sluice.io", "By", PrometheusKind.Counter, "sluice_io_bytes_total")]
    [InlineData("sluice.records", "{record}", PrometheusKind.Counter, "sluice_records_total")]
    [InlineData("sluice.task.time", "s", PrometheusKind.Counter, "sluice_task_time_seconds_total")]
    [InlineData("some.total", null, PrometheusKind.Counter, "some_total")]
    [InlineData("some.bytes.total", "By", PrometheusKind.Counter, "some_bytes_total")]
    [InlineData("sluice.pool.free", "{segment}", PrometheusKind.Gauge, "sluice_pool_free")]
    [InlineData("share", "1", PrometheusKind.Gauge, "share_ratio")]
    [InlineData("share", "1", PrometheusKind.Histogram, "share")]
    [InlineData("speed", "By/s", PrometheusKind.Gauge, "speed_bytes_per_second")]
    [InlineData("speed", "{record}/s", PrometheusKind.Gauge, "speed_per_second")]
    [InlineData("wait.seconds", "s", PrometheusKind.Gauge, "wait_seconds")]
    [InlineData("odd-name..of  it", "", PrometheusKind.Gauge, "odd_name_of_it")]
    [InlineData("9lives", "{life}", PrometheusKind.Gauge, "_9lives")]
    [InlineData("heat", "Cel", PrometheusKind.Gauge, "heat_celsius")]
    public void Metrics_are_named_by_the_convention(string name, string? unit, PrometheusKind kind, string expected) =>
        Assert.Equal(expected, PrometheusName.OfMetric(name, unit, kind));

    [Fact]
    public void Counters_gauges_and_histograms_are_written_as_the_format_asks()
    {
        using PrometheusCollector collector = new(_name);
        Counter<long> counter = _meter.CreateCounter<long>("made", "By", "Bytes made.");
        UpDownCounter<int> level = _meter.CreateUpDownCounter<int>("level");
        Gauge<double> heat = _meter.CreateGauge<double>("heat", "Cel", "How warm\nit is, \\ roughly.");
        Histogram<double> took = _meter.CreateHistogram(
            "took", "s", "How long.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        _meter.CreateObservableCounter("seen", () => 7L, "{thing}", "Things seen.");
        counter.Add(3, Tag("b", "2"), Tag("a.b", "x"));
        counter.Add(4, Tag("a.b", "x"), Tag("b", "2"));
        counter.Add(1);
        level.Add(5);
        level.Add(-2);
        heat.Record(20);
        heat.Record(19.5);
        took.Record(0.5, Tag("k", "v"));
        took.Record(0.75, Tag("k", "v"));
        took.Record(9, Tag("k", "v"));

        string text = collector.Collect();

        Assert.Equal(
            """
            # HELP heat_celsius How warm\nit is, \\ roughly.
            # TYPE heat_celsius gauge
            heat_celsius 19.5
            # HELP level level
            # TYPE level gauge
            level 3
            # HELP made_bytes_total Bytes made.
            # TYPE made_bytes_total counter
            made_bytes_total 1
            made_bytes_total{a_b="x",b="2"} 7
            # HELP seen_total Things seen.
            # TYPE seen_total counter
            seen_total 7
            # HELP took_seconds How long.
            # TYPE took_seconds histogram
            took_seconds_bucket{k="v",le="0.5"} 1
            took_seconds_bucket{k="v",le="1"} 2
            took_seconds_bucket{k="v",le="+Inf"} 3
            took_seconds_sum{k="v"} 10.25
            took_seconds_count{k="v"} 3

            """,
            text,
            ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a \"quoted\" one", "a \\\"quoted\\\" one")]
    [InlineData("C:\\temp", "C:\\\\temp")]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("größer, 大", "größer, 大")]
    [InlineData("{}=,#", "{}=,#")]
    public void Label_values_are_escaped(string value, string expected)
    {
        using PrometheusCollector collector = new(_name);
        _meter.CreateCounter<long>("c").Add(1, Tag("l", value));

        Assert.Contains($"c_total{{l=\"{expected}\"}} 1\n", collector.Collect(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1e300, "1E+300")]
    [InlineData(0.1, "0.1")]
    public void Numbers_are_written_as_Prometheus_reads_them(double value, string expected)
    {
        using PrometheusCollector collector = new(_name);
        _meter.CreateGauge<double>("g").Record(value);

        string text = collector.Collect();

        Assert.Contains($"\ng {expected}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_observed_any_more_is_not_told_any_more()
    {
        List<Measurement<long>> now = [new(1, Tag("silo", "a")), new(2, Tag("silo", "b"))];
        using PrometheusCollector collector = new(_name);
        _meter.CreateObservableUpDownCounter("lent", () => now);

        string both = collector.Collect();
        now.RemoveAt(0);
        string one = collector.Collect();
        now.Clear();

        Assert.Contains("lent{silo=\"a\"} 1\nlent{silo=\"b\"} 2\n", both, StringComparison.Ordinal);
        Assert.DoesNotContain("\"a\"", one, StringComparison.Ordinal);
        Assert.Contains("lent{silo=\"b\"} 2\n", one, StringComparison.Ordinal);
        Assert.Equal("", collector.Collect());
    }

    [Fact]
    public void An_instrument_that_throws_keeps_none_of_the_others_back()
    {
        using PrometheusCollector collector = new(_name);
        _meter.CreateObservableGauge("a.bad", long () => throw new InvalidOperationException("not now"));
        _meter.CreateObservableGauge("b.good", () => 4L);

        Assert.Contains("b_good 4\n", collector.Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_beyond_the_limit_share_one()
    {
        const int Beyond = 5;
        using PrometheusCollector collector = new(_name);
        Counter<long> counter = _meter.CreateCounter<long>("many");
        for (int i = 0; i < 2000 + Beyond; i++)
        {
            counter.Add(1, Tag("i", $"{i}"));
        }

        string text = collector.Collect();

        Assert.Contains($"many_total{{otel_metric_overflow=\"true\"}} {Beyond}\n", text, StringComparison.Ordinal);
        Assert.Equal(2000 + 1 + 2, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Other_meters_are_not_heard_and_a_disposed_one_is_forgotten()
    {
        using Meter other = new($"{_name}.other");
        using PrometheusCollector collector = new(_name);
        other.CreateCounter<long>("elsewhere").Add(1);
        Meter passing = new(_name);
        passing.CreateCounter<long>("passing").Add(1);

        string during = collector.Collect();
        passing.Dispose();
        using Meter next = new(_name);
        next.CreateCounter<long>("passing").Add(5);

        Assert.DoesNotContain("elsewhere", during, StringComparison.Ordinal);
        Assert.Contains("passing_total 1\n", during, StringComparison.Ordinal);
        Assert.Contains("passing_total 5\n", collector.Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_listens_when_the_collector_is_disposed()
    {
        PrometheusCollector collector = new(_name);
        Counter<long> counter = _meter.CreateCounter<long>("c");
        Assert.True(counter.Enabled);

        collector.Dispose();

        Assert.False(counter.Enabled);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
