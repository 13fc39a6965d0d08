using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice sort`.</summary>
internal static class SortCommand
{
    public static Command Create(VerbContext context)
    {
        Command command = new("sort", "Sorts records of files into parts in total order.");
        SortOptions options = new(command);
        command.SetAction((parse, _) => new JobRunner(context).RunAsync(options.Read(parse)));
        return command;
    }
}

/// <summary>What a sort takes; the same for running and explaining.</summary>
internal sealed class SortOptions
{
    private readonly Option<string> _format = new("--format")
    {
        HelpName = "lines|gensort",
        Description = "how records lie in the files",
        DefaultValueFactory = _ => "lines",
    };

    private readonly Option<string?> _key = new("--key")
    {
        HelpName = "FIRST-LAST",
        Description = "bytes of the record to sort by, counted from 1",
    };

    private readonly Option<bool> _unique = new("--unique") { Description = "keep the first record of each key" };
    private readonly Option<bool> _stable = new("--stable")
    {
        Description = "keep the order of the input for equal keys (sorts always do)",
    };

    private readonly JobOptions _job;

    public SortOptions(Command command, bool needsOutput = true)
    {
        _job = new JobOptions(command, needsOutput);
        command.Options.Add(_format);
        command.Options.Add(_key);
        command.Options.Add(_unique);
        command.Options.Add(_stable);
    }

    public JobCall Read(ParseResult parse)
    {
        string format = parse.GetValue(_format)!;
        if (format is "csv" or "jsonl")
        {
            throw new SluiceException(ConsoleErrors.FormatNotThereYet($"the format '{format}'", "--format"));
        }

        JobArguments arguments = new JobArguments().Add("format", RecordFormat.Parse(format).Name);
        if (parse.GetValue(_key) is string key)
        {
            if (key.Contains(':') || (key.Length > 0 && !char.IsAsciiDigit(key[0]) && key[0] != '-'))
            {
                throw new SluiceException(ConsoleErrors.FormatNotThereYet($"the key '{key}' (a field or a name)", "--key"));
            }

            _ = ByteKey.Parse(key);
            arguments.Add("key", key);
        }

        if (parse.GetValue(_unique))
        {
            arguments.Add("unique", "true");
        }

        return _job.Read(parse, "sort", new SortJob(), arguments);
    }
}
