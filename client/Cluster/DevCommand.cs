using System.CommandLine;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice dev --silos N`: a whole cluster on this machine.</summary>
internal sealed class DevCommand : Verb
{
    private const int MostSilos = 64;
    private const int MostSlots = 1024;

    private readonly Option<int> _silos = new("--silos")
    {
        Description = "Silo processes",
        DefaultValueFactory = _ => 2,
        HelpName = "N",
    };

    private readonly Option<int> _siloPort = new("--silo-port")
    {
        Description = "The first of N+1 ports between silos", DefaultValueFactory = _ => 11111, HelpName = "PORT",
    };

    private readonly Option<int> _gatewayPort = new("--gateway-port")
    {
        Description = "The first of N+1 ports for clients", DefaultValueFactory = _ => 30000, HelpName = "PORT",
    };

    private readonly Option<int> _healthPort = new("--health-port")
    {
        Description = "The first of N+1 ports for /health", DefaultValueFactory = _ => 11180, HelpName = "PORT",
    };

    private readonly Option<int?> _slots = new("--slots")
    {
        Description = "Tasks at once in each silo [default: the cores shared out]",
        HelpName = "N",
    };

    private readonly JobAssembliesOption _assemblies = new();

    public DevCommand(ConsoleHost host)
        : base(host, "dev", "Run a cluster of silo processes on this machine until Ctrl-C")
    {
        Add(_silos);
        Add(_slots);
        Add(_siloPort);
        Add(_gatewayPort);
        Add(_healthPort);
        Add(_assemblies);
        Add(new Option<string>($"--{SettingNames.Memory}")
        {
            Description = "Memory of each silo's pool",
            HelpName = "SIZE",
        });
        Add(new Option<string[]>($"--{SettingNames.SpillDirectories}")
        {
            Description = "Where silos spill",
            HelpName = "DIR",
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice dev --silos 3",
        "sluice sort access.log --out sorted --cluster 127.0.0.1:30000",
        "sluice dev --assembly bin/Debug/net10.0/Jobs.dll",
    ];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        int silos = (int)UsageCheck.RequireCount(call.Parse.GetValue(_silos), MostSilos, _silos.Name);
        int slots = (int)UsageCheck.RequireCount(
            call.Parse.GetValue(_slots) ?? Math.Max(1, Environment.ProcessorCount / silos), MostSlots, _slots.Name);
        DevPorts ports = new(
            call.Parse.GetValue(_siloPort), call.Parse.GetValue(_gatewayPort), call.Parse.GetValue(_healthPort));
        ports.Check(silos + 1);
        long memory = call.Settings.Memory.Origin == "default"
            ? Settings.DefaultMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / silos)
            : call.Settings.Memory.Value;
        if (EngineOptions.RefuseMemory(memory, SluiceSiloOptions.LeastMemory(slots), slots) is SluiceError refused)
        {
            throw new SluiceException(refused);
        }

        DevCluster cluster = new(
            Environment.CurrentDirectory,
            silos,
            slots,
            memory,
            [.. call.Settings.SpillDirectories.Value.Select(Path.GetFullPath)],
            _assemblies.PathsOf(call),
            ports);
        IReadOnlyList<JobAssembly> jobs = _assemblies.Load(call);
        return await cluster.RunAsync(call, jobs, cancellationToken);
    }
}
