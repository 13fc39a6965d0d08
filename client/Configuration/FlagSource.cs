using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sluice.Client;

/// <summary>Settings from the command line: the strongest.</summary>
internal sealed class FlagSource(ParseResult parse) : ISettingSource
{
    public (IReadOnlyList<string> Texts, string Origin)? Find(string name)
    {
        string flag = $"--{name}";
        return parse.GetResult(flag) is OptionResult { Implicit: false } option
            ? (option.Tokens.Count == 0 ? ["true"] : [.. option.Tokens.Select(token => token.Value)], flag)
            : null;
    }
}
