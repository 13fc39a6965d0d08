using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;

namespace Sluice.Observability.Tests;

/// <summary>Prometheus and promtool of the Debian package; where CI=true it is installed when it is missing.</summary>
public sealed class PrometheusTools : IAsyncLifetime
{
    private const string Install =
        "export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y --no-install-recommends " +
        "prometheus";

    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    private string? _folder = Find();

    public async ValueTask InitializeAsync()
    {
        if (_folder is null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            using Process install = Process.Start("bash", ["-c", Install]);
            await install.WaitForExitAsync().WaitAsync(InstallDeadline);
            Assert.Equal(0, install.ExitCode);
            _folder = Find();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test where they are not to be had.</summary>
    public void Require() => Assert.SkipWhen(
        _folder is null,
        "Prometheus is not installed: apt-get install prometheus, or run with CI=true to have it installed");

    /// <summary>Runs promtool.</summary>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="arguments">What it is to do.</param>
    /// <returns>Its exit code, and all that it wrote.</returns>
    public async Task<(int ExitCode, string Text)> CheckAsync(string input, params string[] arguments)
    {
        using Process tool = Process.Start(new ProcessStartInfo(Path.Combine(_folder!, "promtool"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = tool.StandardOutput.ReadToEndAsync();
        Task<string> error = tool.StandardError.ReadToEndAsync();
        await tool.StandardInput.WriteAsync(input);
        tool.StandardInput.Close();
        await tool.WaitForExitAsync().WaitAsync(Deadline);
        return (tool.ExitCode, await output + await error);
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(folder =>
        File.Exists(Path.Combine(folder, "prometheus")) && File.Exists(Path.Combine(folder, "promtool")));
}

/// <summary>
/// A Prometheus of the test's own, on loopback; it ends with the test, at the latest with a pipe to this process.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _server;
    private readonly string _folder;
    private readonly int _port;

    /// <param name="folder">Takes its data; stays the caller's.</param>
    /// <param name="targets">What it reads: `HOST:PORT`.</param>
    /// <param name="rules">A file of rules.</param>
    public PrometheusServer(string folder, IEnumerable<string> targets, string rules)
    {
        _folder = folder;
        _port = FreePort();
        string configuration = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(
            configuration,
            $$"""
            global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
            rule_files: [ "{{rules}}" ]
            scrape_configs:
              - job_name: sluice
                static_configs: [ { targets: [ {{string.Join(", ", targets.Select(target => $"\"{target}\""))}} ] } ]
            """);
        string command =
            $"prometheus --config.file={configuration} --storage.tsdb.path={folder}/tsdb " +
            $"--web.listen-address=127.0.0.1:{_port}";
        _server = Process.Start(new ProcessStartInfo(
            "bash",
            [
                "-c",
                $"{command} > {folder}/prometheus.log 2>&1 & server=$!; " +
                    $"cat > {folder}/ended; kill $server; wait $server",
            ])
        {
            RedirectStandardInput = true,
        })!;
    }

    /// <summary>The answer to a query, by the series' labels; none when it has no data.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        JsonElement data = await AskAsync($"query?query={Uri.EscapeDataString(query)}");
        return
        [
            .. data.GetProperty("result").EnumerateArray().Select(series =>
                double.Parse(
                    series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Waits until a query has a value that is right.</summary>
    public async Task AwaitAsync(string query, Func<double, bool> isRight)
    {
        using CancellationTokenSource deadline = new(Deadline);
        IReadOnlyList<double> last = [];
        while (!last.Any(isRight))
        {
            Assert.False(
                deadline.IsCancellationRequested, $"Not in time: {query} was {string.Join(", ", last)}. {Log()}");
            await Task.Delay(100);
            try
            {
                last = await QueryAsync(query);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet, or is not ready.
            }
        }
    }

    /// <summary>What `/api/v1/PATH` answers.</summary>
    public async Task<JsonElement> AskAsync(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/api/v1/{path}"));
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("It is not ready.");
        }

        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, document.RootElement.ToString());
        return document.RootElement.GetProperty("data").Clone();
    }

    public async ValueTask DisposeAsync()
    {
        _server.StandardInput.Close();
        await _server.WaitForExitAsync().WaitAsync(Deadline);
        _server.Dispose();
    }

    private string Log() =>
        File.Exists(Path.Combine(_folder, "prometheus.log"))
            ? File.ReadAllText(Path.Combine(_folder, "prometheus.log"))
            : "";

    private static int FreePort()
    {
        HashSet<int> taken =
            [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        return Enumerable.Range(21200, 100).OrderBy(_ => Random.Shared.Next()).First(port => !taken.Contains(port));
    }
}
