using System.CommandLine;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>`sluice help [VERB|SLUxxxx]`: how to use a verb, or what an error means.</summary>
internal sealed class HelpCommand : Verb
{
    private readonly Argument<string[]> _topics = new("TOPIC")
    {
        Description = "A verb, or the code of an error",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public HelpCommand(ConsoleHost host)
        : base(host, "help", "Explain a verb or an error's code")
    {
        Add(_topics);
    }

    public override IReadOnlyList<string> Examples => ["sluice help sort", "sluice help SLU1201"];

    protected override Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string[] topics = call.Parse.GetValue(_topics)!;
        return topics is [string code] && code.StartsWith("SLU", StringComparison.OrdinalIgnoreCase)
            ? Task.FromResult(Explain(call, code.ToUpperInvariant()))
            : ShowAsync(call, topics);
    }

    private static int Explain(VerbCall call, string code)
    {
        if (!SluiceErrors.Catalogue.TryGetValue(code, out string? meaning) &&
            !ConsoleErrors.Catalogue.TryGetValue(code, out meaning))
        {
            IEnumerable<string> known = SluiceErrors.Catalogue.Keys.Concat(ConsoleErrors.Catalogue.Keys);
            throw new SluiceException(ConsoleErrors.UnknownCode(code, Suggestion.Nearest(code, known)));
        }

        call.Printer.Print(
            new ErrorHelpJson("sluice.error/1", code, meaning),
            json => json.ErrorHelpJson,
            console => console.MarkupLine($"[bold]{code}[/]: {Markup.Escape(meaning)}"));
        return 0;
    }

    private static Task<int> ShowAsync(VerbCall call, string[] topics) =>
        ConsoleApplication.RunVerbAsync(call.Host, [.. topics, "--help"]);
}
