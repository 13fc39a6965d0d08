using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>What every verb that runs a job takes: inputs, output, and how to run.</summary>
internal sealed class JobOptions
{
    /// <summary>Standard input or output instead of a file.</summary>
    public const string Stream = "-";

    private readonly Argument<string[]> _inputs = new("INPUT")
    {
        Description = "files, directories or patterns; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        HelpName = "DIR",
        Description = "receives part-00000, ... and at last _SUCCESS; - is standard output",
        Required = true,
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "replace the output when the new one is complete" };
    private readonly Option<string?> _name = new("--name") { HelpName = "TEXT", Description = "what the job is called" };
    private readonly Option<bool> _detach = new("--detach") { Description = "with a cluster: do not wait for the job" };
    private readonly Option<string?> _onInterrupt = new("--on-interrupt")
    {
        HelpName = "cancel|detach",
        Description = "with a cluster: what Ctrl-C does",
    };

    /// <param name="command">Gets the options.</param>
    /// <param name="needsOutput">Whether the output must be named.</param>
    public JobOptions(Command command, bool needsOutput = true)
    {
        _out.Required = needsOutput;
        command.Arguments.Add(_inputs);
        command.Options.Add(_out);
        command.Options.Add(_overwrite);
        command.Options.Add(_name);
        command.Options.Add(_detach);
        command.Options.Add(_onInterrupt);
        CommonOptions.AddResources(command);
        CommonOptions.AddPrinting(command);
    }

    /// <summary>The job as the command line names it.</summary>
    /// <exception cref="SluiceException">An option needs a cluster, or a stream is used where there is none.</exception>
    public JobCall Read(ParseResult parse, string verb, IJob job, JobArguments arguments)
    {
        Settings settings = VerbContext.SettingsOf(parse);
        if (settings.Cluster.Value is string cluster)
        {
            bool usesStream = parse.GetValue(_inputs)!.Contains(Stream) || parse.GetValue(_out) == Stream;
            string why = Environment.GetEnvironmentVariable("SLUICE_ORLEANS") == "missing"
                ? "this build has no cluster support: the Orleans packages could not be restored"
                : "this build has no cluster support yet";
            throw new SluiceException(usesStream
                ? ConsoleErrors.StreamWithCluster($"sluice {verb}")
                : ConsoleErrors.NoCluster(cluster, why));
        }

        if (parse.GetValue(_detach))
        {
            throw new SluiceException(ConsoleErrors.OnlyWithCluster("--detach", $"sluice {verb}"));
        }

        if (parse.GetValue(_onInterrupt) is not null)
        {
            throw new SluiceException(ConsoleErrors.OnlyWithCluster("--on-interrupt", $"sluice {verb}"));
        }

        return new JobCall(
            parse.GetValue(_name) ?? verb,
            job,
            arguments,
            parse.GetValue(_inputs)!,
            parse.GetValue(_out) ?? "out",
            parse.GetValue(_overwrite),
            settings);
    }
}

/// <summary>A job that a command line asks for.</summary>
internal sealed record JobCall(
    string Name,
    IJob Job,
    JobArguments Arguments,
    IReadOnlyList<string> Inputs,
    string Output,
    bool Overwrite,
    Settings Settings);
