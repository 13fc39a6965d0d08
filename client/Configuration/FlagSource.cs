using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sluice.Client;

/// <summary>Settings from the command line: the strongest.</summary>
internal sealed class FlagSource(ParseResult parse) : ISettingSource
{
    public (IReadOnlyList<string> Texts, string Origin)? Find(string name)
    {
        string flag = $"--{name}";
        return ResultOf(flag) is OptionResult { Implicit: false } option
            ? (option.Tokens.Count == 0 ? ["true"] : [.. option.Tokens.Select(token => token.Value)], flag)
            : null;
    }

    // Not by the parser's own search, which throws when no verb of this console has such an option.
    private OptionResult? ResultOf(string flag)
    {
        for (CommandResult? level = parse.CommandResult; level is not null; level = level.Parent as CommandResult)
        {
            OptionResult? given = level.Children.OfType<OptionResult>().FirstOrDefault(
                result => result.Option.Name == flag);
            if (given is not null)
            {
                return given;
            }
        }

        return null;
    }
}
