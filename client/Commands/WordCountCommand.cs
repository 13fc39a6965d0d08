using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice wordcount`.</summary>
internal static class WordCountCommand
{
    public static Command Create(VerbContext context)
    {
        Command command = new("wordcount", "Counts the words of files, split at ASCII white space.");
        WordCountOptions options = new(command);
        command.SetAction((parse, _) => new JobRunner(context).RunAsync(options.Read(parse)));
        return command;
    }
}

/// <summary>What a word count takes; the same for running and explaining.</summary>
internal sealed class WordCountOptions
{
    private readonly Option<string?> _top = new("--top") { HelpName = "N", Description = "only the N largest counts, in one part" };
    private readonly Option<bool> _ignoreCase = new("--ignore-case") { Description = "count ASCII letters as lower case" };
    private readonly JobOptions _job;

    public WordCountOptions(Command command, bool needsOutput = true)
    {
        _job = new JobOptions(command, needsOutput);
        command.Options.Add(_top);
        command.Options.Add(_ignoreCase);
    }

    public JobCall Read(ParseResult parse)
    {
        JobArguments arguments = new();
        if (parse.GetValue(_top) is string top)
        {
            if (!int.TryParse(top, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new SluiceException(ConsoleErrors.BadValue(top, "a number from 0 on", "--top", "--top 20"));
            }

            arguments.Add("top", top);
        }

        if (parse.GetValue(_ignoreCase))
        {
            arguments.Add("ignore-case", "true");
        }

        return _job.Read(parse, "wordcount", new WordCountJob(), arguments);
    }
}
