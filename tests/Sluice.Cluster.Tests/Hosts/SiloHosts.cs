using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Silo;

namespace Sluice.Cluster.Tests;

/// <summary>Silos as they are shipped, in this process, with real sockets between them, and a client.</summary>
/// <remarks>The first holds the membership table, so it is the one that does not stop before the others.</remarks>
internal sealed class SiloHosts : IAsyncDisposable
{
    public const int SegmentSize = 4096;
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    private readonly List<Silo> _silos = [];
    private readonly int[] _ports;
    private readonly int _slots;
    private readonly string[] _settings;
    private IHost? _clientHost;

    private SiloHosts(int most, int slots, string[] settings)
    {
        _settings = settings;
        _ports = FreePorts(2 * most);
        _slots = slots;
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-silos-").FullName;

    public ISluiceClient Client => _clientHost!.Services.GetRequiredService<ISluiceClient>();

    /// <summary>Orleans's own client.</summary>
    public IClusterClient Orleans => _clientHost!.Services.GetRequiredService<IClusterClient>();

    public IGrainFactory Grains => _clientHost!.Services.GetRequiredService<IGrainFactory>();

    public IReadOnlyList<SiloEngine> Engines => [.. _silos.Select(silo => silo.Engine)];

    public IReadOnlyList<IServiceProvider> Services => [.. _silos.Select(silo => silo.App.Services)];

    /// <summary>Where each silo answers health and metrics.</summary>
    public IReadOnlyList<string> Urls => [.. _silos.Select(silo => silo.App.Urls.First())];

    /// <param name="silos">How many.</param>
    /// <param name="slots">Of each.</param>
    /// <param name="settings">Further arguments of each.</param>
    public static async Task<SiloHosts> StartAsync(int silos, int slots = 2, params string[] settings)
    {
        SiloHosts hosts = new(silos + 1, slots, settings);
        for (int silo = 0; silo < silos; silo++)
        {
            await hosts.AddAsync();
        }

        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(
                [.. hosts._silos.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.Gateway))]);
            client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = "sluice");
            client.AddSluiceClient();
        });
        hosts._clientHost = builder.Build();
        await hosts._clientHost.StartAsync().WaitAsync(Deadline);
        await AwaitAsync(async () => (await hosts.Client.GetSilosAsync()).Count == silos, "All silos see each other");
        return hosts;
    }

    /// <summary>Starts one more.</summary>
    public async Task<SiloEngine> AddAsync()
    {
        int number = _silos.Count;
        string[] args =
        [
            $"--Orleans:Name=silo-{number}",
            $"--Orleans:Endpoints:SiloPort={_ports[2 * number]}",
            $"--Orleans:Endpoints:GatewayPort={_ports[(2 * number) + 1]}",
            $"--Orleans:Clustering:PrimarySiloEndPoint=127.0.0.1:{_ports[0]}",
            "--Urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Critical",
            "--Logging:LogLevel:Sluice=Critical",
            "--Logging:LogLevel:Orleans.Runtime.Silo=Critical",
            $"--Sluice:Slots={_slots}",
            $"--Sluice:MemoryBytes={4 << 20}",
            $"--Sluice:SegmentSize={SegmentSize}",
            $"--Sluice:SpillDirectories:0={Path.Combine(Folder, $"spill-{number}")}",
            $"--Sluice:NearDirectories:0={PathOf($"disk-{number}")}",
            $"--Sluice:HistoryDirectory={Path.Combine(Folder, "history")}",
            .. _settings,
        ];
        WebApplication app = SiloProgram.Build(args, options => TestJobs.AddTo(options.Jobs, number));
        Silo silo = new(app, app.Services.GetRequiredService<SiloEngine>(), _ports[(2 * number) + 1]);
        await app.StartAsync().WaitAsync(Deadline);
        _silos.Add(silo);
        return silo.Engine;
    }

    /// <summary>Stops a silo as SIGTERM does.</summary>
    /// <param name="number">Which.</param>
    /// <param name="leaked">Segments that somebody is known to hold.</param>
    public async Task StopAsync(int number, int leaked = 0)
    {
        Silo silo = _silos[number];
        await silo.App.StopAsync().WaitAsync(Deadline);
        Assert.Equal(0, silo.Windows.Count);
        Assert.Equal(leaked, silo.Engine.Pool.Lent);
        await silo.App.DisposeAsync();
        silo.IsStopped = true;
    }

    /// <summary>Stops a silo without letting it finish anything.</summary>
    public async Task AbortAsync(int number)
    {
        Silo silo = _silos[number];
        silo.IsStopped = true;
        try
        {
            await silo.App.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline);
        }
        catch (OperationCanceledException)
        {
            // It says that it was not done in good order.
        }

        await silo.App.DisposeAsync();
    }

    /// <summary>Writes an input and returns its path.</summary>
    public string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
        return path;
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A job by its name, with output in the folder.</summary>
    public ClusterJob Job(string job, string output, string[] inputs, params (string Name, string Value)[] arguments)
    {
        JobArguments all = new JobArguments().Add("input", inputs).Add("out", PathOf(output));
        foreach ((string name, string value) in arguments)
        {
            all.Add(name, value);
        }

        return new ClusterJob { Job = job, Arguments = all, Name = job };
    }

    /// <summary>A job whose only map waits at a gate.</summary>
    public ClusterJob Gated(Gate gate, string job = "gated") =>
        Job(job, "out", [Write("in", ["gate"])], ("gate", gate.Name));

    /// <summary>Starts a job and waits until it is at its gate.</summary>
    /// <param name="gate">Where nobody is yet.</param>
    /// <param name="job">What to start; null for <see cref="Gated"/>.</param>
    public async Task<ClusterJob> HoldAsync(Gate gate, ClusterJob? job = null)
    {
        job ??= Gated(gate);
        await Client.SubmitAsync(job);
        await AwaitAsync(() => Task.FromResult(gate.Arrived == 1), "the job is at its gate");
        return job;
    }

    /// <summary>Runs a job to its end, however that is.</summary>
    public async Task<JobView> RunAsync(ClusterJob job)
    {
        await Client.SubmitAsync(job).WaitAsync(Deadline);
        return await Client.WatchAsync(job.Id).WaitAsync(Deadline);
    }

    /// <summary>The report of a job that must succeed.</summary>
    public async Task<JobReport> SucceedAsync(ClusterJob job) => ReportOf(await RunAsync(job));

    public static JobReport ReportOf(JobView view)
    {
        Assert.True(
            view.Status == JobStatus.Succeeded,
            $"{view.Status}: {view.Failure?.What} {view.Failure?.Where} {view.Failure?.Detail}");
        return JobReport.FromJson(view.Report!);
    }

    /// <summary>All lines of an output, part after part.</summary>
    public string[] Output(string name) =>
        [.. Directory.GetFiles(PathOf(name), "part-*").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];

    /// <summary>
    /// Nothing is left on any silo: no segment, no file, no window, no block, no attempt, no staging directory.
    /// </summary>
    public async Task AssertNothingLeftAsync()
    {
        foreach (Silo silo in _silos.Where(silo => !silo.IsStopped))
        {
            await AwaitAsync(
                () => Task.FromResult(silo.Left() == "" && FilesOf(silo) == ""),
                $"{silo.Engine.Name} has nothing left",
                () => $"{silo.Left()} {FilesOf(silo)} {string.Join("; ", silo.Engine.Pool.Holders())}");
        }

        await AwaitAsync(() => Task.FromResult(Staging() == ""), "no staging directory is left", Staging);
    }

    public static async Task AwaitAsync(Func<Task<bool>> condition, string what, Func<string>? found = null)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Not in time: {what}. {found?.Invoke()}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_clientHost is not null)
        {
            await _clientHost.StopAsync();
            _clientHost.Dispose();
        }

        for (int silo = _silos.Count - 1; silo >= 0; silo--)
        {
            if (!_silos[silo].IsStopped)
            {
                await StopAsync(silo);
            }
        }

        Directory.Delete(Folder, recursive: true);
    }

    private string FilesOf(Silo silo)
    {
        string spill = Path.Combine(Folder, silo.Engine.Name.Replace("silo", "spill", StringComparison.Ordinal));
        return string.Join(' ', Directory.GetFiles(spill, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock"));
    }

    private string Staging() =>
        string.Join(' ', Directory.GetDirectories(Folder, ".sluice-*", SearchOption.AllDirectories)
        .Where(path => !path.Contains("spill-", StringComparison.Ordinal)));

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Stop());
        return ports;
    }

    private sealed class Silo(WebApplication app, SiloEngine engine, int gateway)
    {
        private readonly ServingDesk _desk = app.Services.GetRequiredService<ServingDesk>();

        public WebApplication App => app;

        public SiloEngine Engine => engine;

        public int Gateway => gateway;

        public ReceiveWindows Windows { get; } = app.Services.GetRequiredService<ReceiveWindows>();

        public bool IsStopped { get; set; }

        public string Left()
        {
            (int Count, string What)[] all =
            [
                (engine.Pool.Lent, "segments"),
                (engine.Outputs.Count, "outputs"),
                (Windows.Count, "windows"),
                (_desk.Kept, "kept blocks"),
                (engine.View.Running, "running"),
                (engine.View.Queued, "queued"),
                (engine.Jobs.All.Count(), "jobs"),
            ];
            return string.Join(", ", all.Where(one => one.Count != 0)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.What}")));
        }
    }
}
