using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice wordcount INPUT... --out DIR`: lines of word, tab, count.</summary>
internal sealed class WordCountCommand : Verb
{
    public const string VerbName = "wordcount";

    private readonly WordCountOptions _options = new();

    public WordCountCommand(ConsoleHost host)
        : base(host, VerbName, "Count words, which are split at ASCII white space")
    {
        _options.AddTo(this, needsOutput: true);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice wordcount book.txt --out counts",
        "sluice wordcount 'src/*.cs' --out - --top 10",
    ];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken) =>
        JobSession.RunAsync(call, _options.Read(call), cancellationToken);
}

/// <summary>What wordcount takes, and its explanation too.</summary>
internal sealed class WordCountOptions
{
    private readonly Option<string?> _top = new("--top")
    {
        Description = "The N largest counts only, largest first",
        HelpName = "N",
    };

    private readonly Option<bool> _ignoreCase = new("--ignore-case")
    {
        Description = "Count ASCII letters as lower case",
    };

    private readonly JobOptions _job = new();

    public void AddTo(Command command, bool needsOutput)
    {
        command.Add(_top);
        command.Add(_ignoreCase);
        _job.AddTo(command, needsOutput);
    }

    /// <exception cref="SluiceException">The options contradict each other.</exception>
    public JobOrder Read(VerbCall call)
    {
        JobArguments arguments = new();
        if (call.Number(_top) is long top)
        {
            int count = top is >= 1 and <= int.MaxValue
                ? (int)top
                : throw new SluiceException(ConsoleErrors.BadValue(
                    call.Parse.GetValue(_top)!, $"a number from 1 to {int.MaxValue}", _top.Name, "--top 10"));
            arguments.Add("top", count.ToString(CultureInfo.InvariantCulture));
        }

        if (call.Parse.GetValue(_ignoreCase))
        {
            arguments.Add("ignore-case", "true");
        }

        return _job.Read(call, WordCountCommand.VerbName, new WordCountJob(), arguments);
    }
}
