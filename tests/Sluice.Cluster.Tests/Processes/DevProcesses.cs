using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Engine;

namespace Sluice.Cluster.Tests;

/// <summary>
/// `sluice dev --silos 3` in a folder of its own, on a row of free ports; its processes are ended by their ids.
/// </summary>
internal sealed partial class DevProcesses : IAsyncDisposable
{
    private const int Silos = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    // Rows of other tests, also of those whose processes do not listen yet.
    private static readonly ConcurrentDictionary<int, bool> Rows = new();

    private readonly Process _dev;
    private readonly Task<string> _error;
    private readonly Dictionary<string, int> _children = [];
    private readonly int _port;

    private DevProcesses(string folder, int port, string[] options)
    {
        Folder = folder;
        _port = port;
        _dev = ConsoleProcess.Start(folder,
        [
            "dev", "--silos", $"{Silos}", "--slots", "1", "--memory", "16MiB", "--spill-dir",
            Path.Combine(folder, "spill"),
            "--silo-port", $"{port}", "--gateway-port", $"{port + 10}", "--health-port", $"{port + 20}", .. options,
        ]);
        _error = _dev.StandardError.ReadToEndAsync();
    }

    public string Folder { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>All gateways of the cluster but the primary's.</summary>
    public string Gateways =>
        string.Join(',', Enumerable.Range(1, Silos).Select(silo => $"127.0.0.1:{_port + 10 + silo}"));

    /// <summary>Process ids of the silos by name.</summary>
    public IReadOnlyDictionary<string, int> Children => _children;

    /// <param name="prepare">Makes what is to be found in the folder.</param>
    /// <param name="options">What `dev` is started with besides.</param>
    public static async Task<DevProcesses> StartAsync(Action<string>? prepare = null, params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("sluice-dev-").FullName;
        prepare?.Invoke(folder);
        DevProcesses dev = new(folder, FreeRow(), options);
        while (true)
        {
            string line = await dev._dev.StandardOutput.ReadLineAsync().WaitAsync(Deadline)
                ?? throw new InvalidOperationException($"dev ended: {await dev._error}");
            if (SiloLine().Match(line) is { Success: true } silo)
            {
                dev._children[silo.Groups[1].Value] = int.Parse(silo.Groups[2].Value, CultureInfo.InvariantCulture);
            }

            if (line.StartsWith("stop ", StringComparison.Ordinal))
            {
                Assert.Equal(Silos, dev._children.Count);
                return dev;
            }
        }
    }

    /// <summary>Runs the console in the folder.</summary>
    public async Task<ConsoleResult> RunAsync(params string[] arguments) =>
        await ConsoleProcess.RunAsync(Folder, arguments);

    /// <summary>A console process that goes on.</summary>
    public Process Start(params string[] arguments) => ConsoleProcess.Start(Folder, arguments);

    /// <summary>Sends a signal to a process of this cluster, or to one a test has started.</summary>
    public static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>The parent dies as if its machine had lost it.</summary>
    public async Task KillParentAsync()
    {
        Signal("KILL", _dev.Id);
        await _dev.WaitForExitAsync().WaitAsync(Deadline);
    }

    /// <summary>Entries of a job's journal of one kind in one stage; none when there is no journal.</summary>
    public int Journaled(string output, string kind, int stage) =>
        Journaled(output, $"\"kind\":\"{kind}\",\"stage\":{stage},");

    /// <summary>Entries of a job's journal that hold a text; none when there is no journal.</summary>
    public int Journaled(string output, string text)
    {
        try
        {
            return Directory.GetDirectories(PathOf(output), ".sluice-*")
                .SelectMany(staging => File.ReadAllText(Path.Combine(staging, OutputNames.Journal)).Split('\n'))
                .Count(line => line.Contains(text, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>What the cluster says of its jobs or silos.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments)
    {
        ConsoleResult result = await RunAsync([.. arguments, "--cluster", Gateways, "-o", "json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Text).RootElement;
    }

    /// <summary>
    /// No silo that lives has a segment out or an output; no spill file and no staging directory is left.
    /// </summary>
    public async Task AssertNothingLeftAsync(string output, params int[] dead)
    {
        await AwaitAsync(
            async () => (await AskAsync("cluster", "pools")).GetProperty("silos").EnumerateArray().All(silo =>
                silo.GetProperty("lentSegments").GetInt32() == 0 && silo.GetProperty("outputs").GetInt32() == 0),
            "pools are whole");
        Assert.Empty(Directory.GetDirectories(PathOf(output), ".sluice-*"));
        Assert.DoesNotContain(
            Directory.GetFiles(PathOf("spill"), "*", SearchOption.AllDirectories),
            file => Path.GetFileName(file) != "lock"
                && !dead.Any(process => file.Contains($"sluice-{process}-", StringComparison.Ordinal)));
    }

    public static async Task AwaitAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource deadline = new(Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Not in time: {what}.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_dev.HasExited)
        {
            Signal("INT", _dev.Id);
            await _dev.WaitForExitAsync().WaitAsync(Deadline);
        }

        _dev.Dispose();
        await AwaitAsync(() => Task.FromResult(!_children.Values.Any(IsAlive)), "the silos end with their parent");
        Rows.TryRemove(_port, out _);
        Directory.Delete(Folder, recursive: true);
    }

    public static bool IsAlive(int process) => Directory.Exists($"/proc/{process}")
        && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);

    private static int FreeRow()
    {
        HashSet<int> taken =
            [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        return Enumerable.Range(0, 300).Select(_ => 21_000 + (30 * Random.Shared.Next(33)))
            .First(port => !Enumerable.Range(port, 30).Any(taken.Contains) && Rows.TryAdd(port, true));
    }

    [GeneratedRegex(@"^(silo-\d+)\s+process (\d+)")]
    private static partial Regex SiloLine();
}
