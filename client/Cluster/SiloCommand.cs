using System.CommandLine;
using Sluice.Jobs;
using Sluice.Silo;

namespace Sluice.Client;

/// <summary>`sluice silo run`: one silo, as systemd and containers call it.</summary>
internal sealed class SiloCommand : Command
{
    public SiloCommand(ConsoleHost host)
        : base("silo", "Run a silo")
    {
        Add(new SiloRunCommand(host));
    }
}

/// <summary>Runs a silo in this process until it is told to stop.</summary>
internal sealed class SiloRunCommand : Verb
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A JSON file with sections Orleans and Sluice",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One value of the configuration, like Sluice:Slots=4; may be given several times",
        HelpName = "KEY=VALUE",
    };

    private readonly JobAssembliesOption _assemblies = new();

    public SiloRunCommand(ConsoleHost host)
        : base(host, "run", "Run one silo in this process; SIGTERM drains it")
    {
        Add(_config);
        Add(_set);
        Add(_assemblies);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice silo run",
        "sluice silo run --config silo.json --set Sluice:Slots=4",
        "sluice silo run --config silo.json --assembly /opt/jobs/Jobs.dll",
    ];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        List<string> args = [];
        if (call.Parse.GetValue(_config) is string file)
        {
            if (!File.Exists(file))
            {
                throw new SluiceException(
                    ConsoleErrors.BadValue(file, "a file that exists", _config.Name, "silo.json"));
            }

            args.Add($"--config={Path.GetFullPath(file)}");
        }

        foreach (string pair in call.Parse.GetValue(_set) ?? [])
        {
            args.Add(pair.Contains('=', StringComparison.Ordinal)
                ? $"--{pair}"
                : throw new SluiceException(ConsoleErrors.BadValue(pair, "KEY=VALUE", _set.Name, "Sluice:Slots=4")));
        }

        IReadOnlyList<JobAssembly> jobs = _assemblies.Load(call);
        return SiloProgram.RunAsync(
            [.. args], options => JobAssembliesOption.AddTo(options.Jobs, jobs), cancellationToken);
    }
}
