using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>What every verb takes that runs a job: inputs, output, and how.</summary>
internal sealed class JobOptions
{
    private readonly Argument<string[]> _inputs = new("INPUT")
    {
        Description =
            "Files, directories (names that start with '_' or '.' are skipped) or patterns; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Directory for the parts; - writes the records to standard output",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace an existing output once the new one is complete",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "What the job is called in reports",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _detach = new("--detach") { Description = "Leave the job running in the cluster" };

    private readonly Option<string?> _onInterrupt = new("--on-interrupt")
    {
        Description = "What Ctrl-C does to a job in the cluster",
        HelpName = "cancel|detach",
    };

    /// <param name="command">Gets the options.</param>
    /// <param name="needsOutput">Whether the output must be named: a plan does not depend on it.</param>
    public void AddTo(Command command, bool needsOutput)
    {
        _out.Required = needsOutput;
        command.Add(_inputs);
        command.Add(_out);
        command.Add(_overwrite);
        command.Add(_name);
        ResourceOptions.AddTo(command);
        command.Add(_detach);
        command.Add(_onInterrupt);
    }

    /// <summary>What the command line says about a job.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="verb">The job's name when it has no other.</param>
    /// <param name="job">Describes the job.</param>
    /// <param name="arguments">What the verb itself adds to the job's arguments.</param>
    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder Read(VerbCall call, string verb, IJob job, JobArguments arguments)
    {
        string[] inputs = call.Parse.GetValue(_inputs)!;
        string output = call.Parse.GetValue(_out) ?? Path.Combine(Path.GetTempPath(), "sluice-output");
        CheckCluster(call, $"sluice {verb}", inputs.Contains(JobOrder.Stream) || output == JobOrder.Stream);
        if (inputs.Contains(JobOrder.Stream) && inputs.Length > 1)
        {
            throw new SluiceException(ConsoleErrors.BadStandardInput(
                "standard input cannot be mixed with files", "pipe all of them in, or name files only"));
        }

        return new JobOrder
        {
            Name = call.Parse.GetValue(_name) ?? verb,
            Job = job,
            Arguments = arguments,
            Inputs = [.. inputs.Select(input => Absolute(input, _inputs.Name))],
            Output = Absolute(output, _out.Name),
            Overwrite = call.Parse.GetValue(_overwrite),
            Detach = call.Parse.GetValue(_detach),
            DetachOnInterrupt = OnInterrupt(call) == "detach",
        };
    }

    private static string Absolute(string path, string where) =>
        path == JobOrder.Stream ? path : Path.GetFullPath(UsageCheck.RequirePath(path, where));

    private string OnInterrupt(VerbCall call)
    {
        string what = call.Parse.GetValue(_onInterrupt) ?? "cancel";
        return what is "cancel" or "detach"
            ? what
            : throw new SluiceException(ConsoleErrors.BadValue(what, "cancel or detach", _onInterrupt.Name, "detach"));
    }

    private void CheckCluster(VerbCall call, string where, bool hasStream)
    {
        if (call.Settings.Cluster.Value is not null)
        {
            if (hasStream)
            {
                throw new SluiceException(ConsoleErrors.StreamWithCluster(where));
            }

            call.RequireClusters();
            return;
        }

        if (call.Parse.GetValue(_detach))
        {
            throw new SluiceException(ConsoleErrors.OnlyWithCluster(_detach.Name, where));
        }

        if (call.Parse.GetValue(_onInterrupt) is not null)
        {
            throw new SluiceException(ConsoleErrors.OnlyWithCluster(_onInterrupt.Name, where));
        }
    }
}
