using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice help [VERB|CODE]`.</summary>
internal static class HelpCommand
{
    public static Command Create(VerbContext context, RootCommand root)
    {
        Argument<string[]> topic = new("TOPIC") { Description = "a verb, or the code of an error", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("help", "Explains a verb or an error code.") { topic };
        command.SetAction((parse, cancellation) =>
        {
            string[] words = parse.GetValue(topic)!;
            if (words is [string code] && code.StartsWith("SLU", StringComparison.OrdinalIgnoreCase))
            {
                context.Terminal.Out.WriteLine(Explain(code.ToUpperInvariant()));
                return Task.FromResult(0);
            }

            if (words.Length > 0)
            {
                Verbs.CheckIsThere(words[0]);
            }

            ParseResult asked = root.Parse([.. words, "--help"]);
            if (words.Length > 0 && asked.CommandResult.Command == root)
            {
                IEnumerable<string> verbs = root.Subcommands.Select(verb => verb.Name);
                throw new SluiceException(ConsoleErrors.UnknownVerb(words[0], "sluice", Suggestion.Nearest(words[0], verbs)));
            }

            return asked.InvokeAsync(new InvocationConfiguration { Output = context.Terminal.Out }, cancellation);
        });
        return command;
    }

    private static string Explain(string code)
    {
        if (SluiceErrors.Catalogue.TryGetValue(code, out string? meaning) || ConsoleErrors.Catalogue.TryGetValue(code, out meaning))
        {
            return $"{code}: {meaning}";
        }

        IEnumerable<string> codes = SluiceErrors.Catalogue.Keys.Concat(ConsoleErrors.Catalogue.Keys);
        throw new SluiceException(ConsoleErrors.UnknownCode(code, Suggestion.Nearest(code, codes)));
    }
}
