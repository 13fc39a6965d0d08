using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice sort INPUT... --out DIR`: the parts in name order are the total order.</summary>
internal sealed class SortCommand : Verb
{
    public const string VerbName = "sort";

    private readonly SortOptions _options = new();

    public SortCommand(ConsoleHost host)
        : base(host, VerbName, "Sort records of files; the parts in name order are the total order")
    {
        _options.AddTo(this, needsOutput: true);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice sort access.log --out sorted",
        "sluice sort 'data/*.bin' --out sorted --format gensort --memory 256MiB",
        "cat names | sluice sort - --out - --unique | head",
    ];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken) =>
        JobSession.RunAsync(call, _options.Read(call), cancellationToken);
}

/// <summary>What sort takes, and its explanation too.</summary>
internal sealed class SortOptions
{
    private readonly Option<string> _format = FormatOptions.Format();

    private readonly Option<string?> _key = FormatOptions.Key();

    private readonly Option<bool> _unique = new("--unique") { Description = "Keep the first record of each key" };

    private readonly Option<bool> _stable = new("--stable")
    {
        Description = "Records whose keys are equal stay in the order of the input (they always do)",
    };

    private readonly JobOptions _job = new();

    public void AddTo(Command command, bool needsOutput)
    {
        command.Add(_format);
        command.Add(_key);
        command.Add(_unique);
        command.Add(_stable);
        _job.AddTo(command, needsOutput);
    }

    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder Read(VerbCall call)
    {
        JobArguments arguments = new();
        RecordFormat format = FormatOptions.ReadFormat(call.Parse.GetValue(_format)!);
        arguments.Add("format", format.Name);
        if (call.Parse.GetValue(_key) is string key)
        {
            FormatOptions.ReadKey(key);
            arguments.Add("key", key);
        }

        if (call.Parse.GetValue(_unique))
        {
            arguments.Add("unique", "true");
        }

        JobOrder order = _job.Read(call, SortCommand.VerbName, new SortJob(), arguments);
        return order.ReadsStream && format != RecordFormat.Lines
            ? throw new SluiceException(ConsoleErrors.BadStandardInput(
                $"standard input is read as lines, not as {format.Name}",
                "write it to a file first, or leave --format out"))
            : order;
    }
}
