using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>What every verb works with.</summary>
internal sealed record VerbContext(Terminal Terminal, InterruptSignals Signals)
{
    /// <summary>The settings of a command line, with the environment and the file of the current directory.</summary>
    public static Settings SettingsOf(ParseResult parse) => Settings.Resolve(new SettingSources(
        new FlagSource(parse),
        new EnvironmentSource(Environment.GetEnvironmentVariable),
        FileSource.In(Environment.CurrentDirectory)));
}

/// <summary>All verbs, those that are there and those that are not yet.</summary>
internal static class Verbs
{
    private const string InThisProcess = "jobs run in this process today: see sluice sort --help and sluice wordcount --help";

    /// <summary>Verbs of the console that have not been built yet, and what to use instead.</summary>
    public static IReadOnlyDictionary<string, string> NotThereYet { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["group"] = "count words with sluice wordcount; other groupings are jobs in C# for now",
        ["join"] = InThisProcess,
        ["distinct"] = "use sluice sort --unique",
        ["top"] = "use sluice wordcount --top N",
        ["repartition"] = "use sluice sort --partitions N",
        ["run"] = InThisProcess,
        ["dev"] = InThisProcess,
        ["silo"] = InThisProcess,
        ["jobs"] = InThisProcess,
        ["cluster"] = InThisProcess,
        ["trace"] = "the job's report has its trace id: sluice sort ... -o json",
        ["bench"] = "run tests/bench/run.sh",
        ["doctor"] = "sluice config show --origin prints what is in force",
        ["context"] = InThisProcess,
        ["completion"] = "sluice --help lists the verbs",
    };

    public static RootCommand Root(VerbContext context)
    {
        RootCommand root = new("Sorts, counts and verifies more data than memory holds, exactly.");
        foreach (Option option in root.Options.Where(option => option.Name == "--version").ToList())
        {
            root.Options.Remove(option);
        }

        root.Subcommands.Add(SortCommand.Create(context));
        root.Subcommands.Add(WordCountCommand.Create(context));
        root.Subcommands.Add(ExplainCommand.Create(context));
        root.Subcommands.Add(GenCommand.Create(context));
        root.Subcommands.Add(VerifyCommand.Create(context));
        root.Subcommands.Add(DemoCommand.Create(context));
        root.Subcommands.Add(ConfigCommand.Create(context));
        root.Subcommands.Add(VersionCommand.Create(context));
        root.Subcommands.Add(HelpCommand.Create(context, root));
        return root;
    }

    /// <exception cref="SluiceException">The verb is known but not built yet.</exception>
    public static void CheckIsThere(string verb)
    {
        if (NotThereYet.TryGetValue(verb, out string? instead))
        {
            throw new SluiceException(ConsoleErrors.VerbNotThereYet(verb, instead));
        }
    }
}
