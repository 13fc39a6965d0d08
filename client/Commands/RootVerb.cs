using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sluice.Client;

/// <summary>`sluice`: every verb there is.</summary>
internal static class RootVerb
{
    private static readonly (string Name, Func<ConsoleHost, Command> Make)[] Own =
    [
        (SortCommand.VerbName, host => new SortCommand(host)),
        (WordCountCommand.VerbName, host => new WordCountCommand(host)),
        (RunCommand.VerbName, host => new RunCommand(host)),
        ("gen", host => new GenCommand(host)),
        ("verify", host => new VerifyCommand(host)),
        (DemoCommand.VerbName, host => new DemoCommand(host)),
        ("bench", host => new BenchCommand(host)),
        ("explain", host => new ExplainCommand(host)),
        ("config", host => new ConfigCommand(host)),
        ("version", host => new VersionCommand(host)),
        ("help", host => new HelpCommand(host)),
    ];

    /// <param name="host">What the verbs find around them.</param>
    /// <param name="words">The command line. When it begins with a verb, no other is made: that takes a while.</param>
    public static RootCommand Create(ConsoleHost host, IReadOnlyList<string> words)
    {
        RootCommand root = new("Sort, count and shuffle more data than memory holds.");
        string first = words.Count == 0 ? "" : words[0];
        foreach (Command verb in Array.Find(Own, own => own.Name == first).Make is { } make ? [make(host)] : All(host))
        {
            root.Add(verb);
        }

        foreach (Option option in GlobalOptions.Create())
        {
            root.Add(option);
        }

        foreach (Option option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption { Action: HelpAction help } => new ExampleHelp(help),
                VersionOption => new PrintVersion(),
                _ => option.Action,
            };
        }

        root.SetAction(parse => new ExampleHelp(new HelpAction()).Invoke(parse));
        return root;
    }

    /// <summary>Every verb, in the order of the help.</summary>
    internal static IEnumerable<Command> All(ConsoleHost host) =>
        Own.Select(own => own.Make(host)).Concat(host.Clusters?.Verbs(host) ?? []);
}

/// <summary>The parser's help, then commands that work.</summary>
internal sealed class ExampleHelp(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly string[] FirstSteps =
    [
        "sluice demo                               see it work in a few seconds",
        "sluice sort access.log --out sorted       sort a file, or many, of any size",
        "sluice help sort                          all about one verb",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        IReadOnlyList<string> examples = parseResult.CommandResult.Command switch
        {
            RootCommand => FirstSteps,
            Verb verb => verb.Examples,
            _ => [],
        };
        if (examples.Count > 0)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  {example}");
            }
        }

        return code;
    }
}

/// <summary>`sluice --version`, as `sluice version` prints it.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"sluice {VersionCommand.Version}");
        return 0;
    }
}
