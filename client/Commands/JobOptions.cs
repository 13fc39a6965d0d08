using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>What every verb takes that is a job itself: inputs, output, and how.</summary>
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

    private readonly OrderOptions _order = new();

    /// <param name="command">Gets the options.</param>
    /// <param name="needsOutput">Whether the output must be named: a plan does not depend on it.</param>
    public void AddTo(Command command, bool needsOutput)
    {
        _out.Required = needsOutput;
        command.Add(_inputs);
        command.Add(_out);
        _order.AddTo(command);
    }

    /// <summary>What the command line says about a job.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="verb">The job's name when it has no other.</param>
    /// <param name="job">Describes the job.</param>
    /// <param name="arguments">What the verb itself adds to the job's arguments.</param>
    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder Read(VerbCall call, string verb, IJob job, JobArguments arguments) =>
        _order.Complete(call, new JobOrder
        {
            Name = verb,
            Job = job,
            Arguments = arguments,
            Inputs = [.. call.Parse.GetValue(_inputs)!.Select(input => Absolute(input, _inputs.Name))],
            Output = Absolute(
                call.Parse.GetValue(_out) ?? Path.Combine(Path.GetTempPath(), "sluice-output"), _out.Name),
        });

    private static string Absolute(string path, string where) =>
        path == JobOrder.Stream ? path : Path.GetFullPath(UsageCheck.RequirePath(path, where));
}
