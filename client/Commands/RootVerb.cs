using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sluice.Client;

/// <summary>`sluice`: every verb there is.</summary>
internal static class RootVerb
{
    public static RootCommand Create(ConsoleHost host)
    {
        RootCommand root = new("Sort, count and shuffle more data than memory holds.")
        {
            new SortCommand(host),
            new WordCountCommand(host),
            new GenCommand(host),
            new VerifyCommand(host),
            new DemoCommand(host),
            new BenchCommand(host),
            new ExplainCommand(host),
            new ConfigCommand(host),
            new VersionCommand(host),
            new HelpCommand(host),
        };
        foreach (Command verb in host.Clusters?.Verbs(host) ?? [])
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
