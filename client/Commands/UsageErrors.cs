using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Turns what the parser could not understand into the console's own errors, with the nearest word.</summary>
internal static class UsageErrors
{
    /// <exception cref="SluiceException">The command line is not right.</exception>
    public static void Check(ParseResult parse)
    {
        CommandResult command = parse.CommandResult;
        string where = PathOf(command);

        // A command that takes files takes a misspelt option for one: what starts with '-' is an option until a lone '--'.
        foreach (Token token in parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            if (command.Command.Arguments.Count > 0 && token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-')
            {
                throw new SluiceException(Unmatched(token.Value, command, where));
            }
        }

        if (parse.UnmatchedTokens.Count > 0)
        {
            // Behind a verb that is not known every option is unknown too: the verb is the mistake.
            string token = parse.UnmatchedTokens.FirstOrDefault(
                word => command.Command.Subcommands.Count > 0 && !word.StartsWith('-'), parse.UnmatchedTokens[0]);
            throw new SluiceException(Unmatched(token, command, where));
        }

        foreach (OptionResult option in command.Children.OfType<OptionResult>())
        {
            bool wantsValue = option.Option.Arity.MinimumNumberOfValues > 0;
            if (wantsValue && option is { Implicit: false, Tokens.Count: 0 })
            {
                throw new SluiceException(ConsoleErrors.ValueMissing(option.Option.Name, where));
            }
        }

        if (parse.Errors.Count == 0)
        {
            return;
        }

        if (command.Command.Subcommands.Count > 0)
        {
            throw new SluiceException(ConsoleErrors.Missing($"a verb behind '{where}'", where));
        }

        Option? missing = command.Command.Options.FirstOrDefault(
            option => option.Required && command.GetResult(option) is null or { Implicit: true, Tokens.Count: 0 } && option.Required);
        if (missing is not null)
        {
            throw new SluiceException(ConsoleErrors.Missing(missing.Name, where));
        }

        Argument? argument = command.Command.Arguments.FirstOrDefault(
            argument => argument.Arity.MinimumNumberOfValues > 0 && command.GetResult(argument) is null or { Tokens.Count: 0 });
        throw new SluiceException(argument is not null && argument.Arity.MinimumNumberOfValues > 0
            ? ConsoleErrors.Missing(argument.Name, where)
            : ConsoleErrors.BadOption(parse.Errors[0].Message.TrimEnd('.'), where));
    }

    private static SluiceError Unmatched(string token, CommandResult command, string where)
    {
        if (token.StartsWith('-') && token.Length > 1)
        {
            string name = token.Split('=')[0];
            IEnumerable<string> known = command.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));
            return ConsoleErrors.UnknownOption(name, where, Suggestion.Nearest(name, known));
        }

        if (command.Command.Subcommands.Count == 0)
        {
            return ConsoleErrors.TooMany(token, where);
        }

        if (command.Parent is null)
        {
            Verbs.CheckIsThere(token);
        }

        IEnumerable<string> verbs = command.Command.Subcommands.Select(verb => verb.Name)
            .Concat(command.Parent is null ? Verbs.NotThereYet.Keys : []);
        return ConsoleErrors.UnknownVerb(token, where, Suggestion.Nearest(token, verbs));
    }

    private static string PathOf(CommandResult command) => command.Parent is CommandResult parent
        ? $"{PathOf(parent)} {command.Command.Name}"
        : "sluice";
}
