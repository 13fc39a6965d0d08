using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>
/// `sluice run JOB --arg name=value`: a job class of an assembly, in this process, or one that is deployed with silos.
/// </summary>
internal sealed class RunCommand : Verb
{
    public const string VerbName = "run";

    private readonly RunOptions _options = new();

    public RunCommand(ConsoleHost host)
        : base(host, VerbName, "Run a job class of your own: of an assembly, or deployed with the silos of a cluster")
    {
        _options.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice run LineLengths --assembly bin/Jobs.dll --arg input=access.log --arg out=lengths",
        "sluice run LineLengths --assembly bin/Jobs.dll --arg input=- --arg out=- < access.log | head",
        "sluice run wordcount --arg input=/data/text --arg out=/data/counts --cluster 127.0.0.1:30000",
    ];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken) =>
        JobSession.RunAsync(call, _options.Read(call), cancellationToken);
}

/// <summary>What run takes, and its explanation too.</summary>
internal sealed class RunOptions
{
    private const string Input = "input";
    private const string Output = "out";

    private readonly Argument<string?> _job = new("JOB")
    {
        Description = "The job's class, by its name or its full name, or as the silos know it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _assembly = new("--assembly")
    {
        Description =
            "The .dll that holds the class: the job runs in this process, whatever SLUICE_CLUSTER or sluice.json say",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _args = new("--arg")
    {
        Description =
            "An argument of the job; may be given several times, also with the same name. " +
            "input=- is standard input, out=- standard output",
        HelpName = "NAME=VALUE",
    };

    private readonly OrderOptions _order = new();

    public void AddTo(Command command)
    {
        command.Add(_job);
        command.Add(_assembly);
        command.Add(_args);
        _order.AddTo(command);
    }

    /// <summary>What the command line says about a job; loads the job's assembly.</summary>
    /// <exception cref="SluiceException">The options contradict each other, or there is no such job.</exception>
    public JobOrder Read(VerbCall call)
    {
        JobArguments arguments = ReadArguments(call);
        string where = UsageCheck.PathOf(call.Parse.CommandResult);
        if (call.Parse.GetValue(_assembly) is not string assembly)
        {
            string deployed = call.Parse.GetValue(_job)
                ?? throw new SluiceException(ConsoleErrors.Missing(_job.Name, where));
            return call.Settings.Cluster.Value is null
                ? throw new SluiceException(ConsoleErrors.Missing(
                    $"{_assembly.Name} {_assembly.HelpName} or --{SettingNames.Cluster} HOST:PORT", where))
                : _order.Complete(call, OrderOf(deployed, arguments));
        }

        string path = Path.GetFullPath(UsageCheck.RequirePath(assembly, _assembly.Name));
        string name = call.Parse.GetValue(_job) ?? "";
        JobOrder order = _order.CompleteHere(call, OrderOf(name, arguments), _assembly.Name);

        JobOutput.Take(call.Terminal.Error);
        JobAssembly jobs = JobAssembly.Load(path);
        return name.Length == 0
            ? throw new SluiceException(ConsoleErrors.JobUnnamed(where, jobs.Listing))
            : order with { Job = jobs.Create(name) };
    }

    // The two arguments that may stand for streams are told apart, as long as the job is given one output.
    private static JobOrder OrderOf(string name, JobArguments given)
    {
        JobArguments others = new();
        foreach ((string argument, IReadOnlyList<string> values) in given.All)
        {
            if (argument != Input && (argument != Output || values.Count > 1))
            {
                others.Add(argument, values);
            }
        }

        return new JobOrder
        {
            Name = name,
            Job = new DeployedJob(name),
            Arguments = others,
            Inputs = given.GetAll(Input),
            Output = given.GetAll(Output) is [string output] ? output : null,
        };
    }

    private JobArguments ReadArguments(VerbCall call)
    {
        JobArguments arguments = new();
        foreach (string pair in call.Parse.GetValue(_args) ?? [])
        {
            int equal = pair.IndexOf('=', StringComparison.Ordinal);
            if (equal <= 0)
            {
                throw new SluiceException(
                    ConsoleErrors.BadValue(pair, "NAME=VALUE", _args.Name, $"{_args.Name} input=/data/text"));
            }

            arguments.Add(pair[..equal], pair[(equal + 1)..]);
        }

        return arguments;
    }
}
