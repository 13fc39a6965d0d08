using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Client.Tests;

/// <summary>A console with a backend, and with one that is down, hangs or refuses.</summary>
public sealed class TraceExportTests(TraceBackend backend) : ConsoleTest, IClassFixture<TraceBackend>
{
    private const int Records = 60_000;
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_sort_arrives_as_one_trace(string protocol)
    {
        backend.Require();

        string trace = await SortUntilSentAsync(
            (Endpoint, protocol == "grpc" ? backend.Grpc : backend.Http),
            (Protocol, protocol),
            ("OTEL_SERVICE_NAME", "my-sort"));

        JsonElement[] spans = await backend.SpansAsync(trace, "sluice.client");
        JsonElement client = Assert.Single(spans, span => NameOf(span) == "sluice.client sort");
        JsonElement job = Assert.Single(spans, span => NameOf(span) == "sluice.job sort");
        Assert.Equal(Id(client), ParentOf(job));
        Assert.Equal(
            ["sluice.stage map", "sluice.stage reduce", "sluice.stage sample"],
            spans.Where(span => ParentOf(span) == Id(job) && NameOf(span).Contains("stage", StringComparison.Ordinal))
                .Select(NameOf).Order(StringComparer.Ordinal));
        JsonElement map = spans.Single(span => NameOf(span) == "sluice.stage map");
        JsonElement task = Assert.Single(spans, span => ParentOf(span) == Id(map));
        Assert.Equal("sluice.task 0", NameOf(task));
        Assert.Contains(spans, span => ParentOf(span) == Id(task) && NameOf(span) == "sluice.spill");
        Assert.Contains(spans, span => ParentOf(span) == Id(job) && NameOf(span) == "sluice.commit");
        Assert.Equal("my-sort", task.GetProperty("attributes").GetProperty("service.name").GetString());
        Assert.Equal(Records, task.GetProperty("attributes").GetProperty("sluice.records_in").GetInt64());
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_SAMPLER", "always_off")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public async Task A_sort_that_is_not_to_be_traced_is_not(string variable, string value)
    {
        backend.Require();
        string other = await SortUntilSentAsync((Endpoint, backend.Http));

        string untraced = TraceIdOf(await SortAsync((Endpoint, backend.Http), (variable, value)));

        await backend.SpansAsync(other, "sluice.client");
        Assert.Empty(await backend.SpansAsync(untraced, "", 0));
    }

    [Fact]
    public async Task A_backend_that_is_down_is_reported_once_and_the_job_succeeds()
    {
        string nowhere = $"http://name:secret@127.0.0.1:{TraceBackend.FreePorts(1)[0]}";

        ConsoleResult result = await SortAsync((Endpoint, nowhere), ("OTEL_BSP_SCHEDULE_DELAY", "20"));

        AssertReportedOnce(result);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_never_answers_is_reported_once_and_is_not_waited_for()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();

        // The console's own deadline in these tests is far below the ten seconds that an export may take several times.
        ConsoleResult result = await SortAsync((Endpoint, $"http://{silent.LocalEndpoint}"));

        AssertReportedOnce(result);
    }

    [Fact]
    public async Task An_endpoint_that_is_no_address_is_reported_once_and_the_job_succeeds() =>
        AssertReportedOnce(await SortAsync((Endpoint, "not an address")));

    [Fact]
    public async Task The_trace_id_is_printed_also_when_nothing_is_sent()
    {
        Write("in", "b\na\n");

        ConsoleResult result = await Run("sort", PathOf("in"), "--out", PathOf("out"), "--no-progress");

        Assert.Matches("\n +trace +[0-9a-f]{32}\n", result.Text);
    }

    // On a machine with much else to do the second at the end may not be enough; the console says so, and is run again.
    private async Task<string> SortUntilSentAsync(params (string Name, string Value)[] environment)
    {
        ConsoleResult result = await SortAsync(environment);
        for (int again = 0; again < 4 && result.ErrorLines.Length > 0; again++)
        {
            result = await SortAsync(environment);
        }

        Assert.Empty(result.ErrorLines);
        return TraceIdOf(result);
    }

    private async Task<ConsoleResult> SortAsync(params (string Name, string Value)[] environment)
    {
        string input = Write(
            "in", string.Concat(Enumerable.Range(0, Records)
                .Select(i => $"{i * 7919 % Records:D6} {new string('x', 90)}\n")));
        ConsoleResult result = await ConsoleProcess.RunAsync(
            Path.GetDirectoryName(input)!,
            [
                "sort", input, "--out", PathOf("out"), "--overwrite", "--memory", "1MiB", "--parallelism", "1",
                "--partitions", "3",
                "--spill-dir", PathOf("spill"), "--no-progress", "-o", "json",
            ],
            null,
            environment);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static string TraceIdOf(ConsoleResult result) =>
        JsonDocument.Parse(result.Text).RootElement.GetProperty("traceId").GetString()!;

    private static void AssertReportedOnce(ConsoleResult result)
    {
        string line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("sluice: traces and measurements do not reach ", line, StringComparison.Ordinal);
        Assert.Contains(Endpoint, line, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", TraceIdOf(result));
    }

    private static string NameOf(JsonElement span) => span.GetProperty("name").GetString()!;

    private static string Id(JsonElement span) => span.GetProperty("spanId").GetString()!;

    private static string? ParentOf(JsonElement span) =>
        span.TryGetProperty("parentSpanId", out JsonElement parent) ? parent.GetString() : null;
}
