using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Turns what the parser did not understand into one failure that suggests what was meant.</summary>
internal static class UsageCheck
{
    /// <param name="parse">What the parser made of the words.</param>
    /// <param name="words">The command line as it was typed.</param>
    /// <exception cref="SluiceException">The command line is wrong.</exception>
    public static void Throw(ParseResult parse, IReadOnlyList<string> words)
    {
        CommandResult command = parse.CommandResult;
        string where = PathOf(command);
        CheckSwitches(command, words);
        ThrowUnmatched(parse);
        CheckDashes(parse, command, where);
        CheckRequired(command, where);
        if (parse.Errors is [ParseError error, ..])
        {
            throw new SluiceException(error.SymbolResult switch
            {
                OptionResult { Tokens.Count: 0 } option => ConsoleErrors.ValueMissing(option.Option.Name, where),
                OptionResult { Tokens: [Token value] } option when TakesNumber(option.Option) =>
                    ConsoleErrors.BadValue(value.Value, "a whole number", option.Option.Name, "3"),
                OptionResult { Tokens.Count: > 1, Option.Arity.MaximumNumberOfValues: 1 } option =>
                    ConsoleErrors.GivenTwice(option.Option.Name, where),
                _ => ConsoleErrors.BadOption(error.Message.TrimEnd('.'), where),
            });
        }
    }

    /// <summary>Only what belongs to no verb or option; help needs no more.</summary>
    /// <exception cref="SluiceException">There is such a word.</exception>
    public static void ThrowUnmatched(ParseResult parse)
    {
        if (parse.UnmatchedTokens.Count == 0)
        {
            return;
        }

        // Behind a verb that is not known every option is unknown too, and a later word may happen to be a verb: the
        // first one is the mistake.
        string first = parse.UnmatchedTokens[0];
        CommandResult command = !IsOption(first) && parse.Tokens.Count > 0 && parse.Tokens[0].Value == first
            ? parse.RootCommandResult
            : parse.CommandResult;
        string token = parse.UnmatchedTokens.FirstOrDefault(
            word => command.Command.Subcommands.Count > 0 && !IsOption(word), first);
        throw new SluiceException(Unmatched(token, command, PathOf(command)));
    }

    private static SluiceError Unmatched(string token, CommandResult command, string where)
    {
        if (IsOption(token))
        {
            return UnknownOption(token, command, where);
        }

        string verb = command.Parent is null ? token : $"{command.Command.Name} {token}";
        if (LaterVerbs.All.TryGetValue(verb, out string? instead))
        {
            return ConsoleErrors.VerbNotThereYet(verb, instead);
        }

        if (command.Parent is null && LaterVerbs.OfClusters.Contains(verb))
        {
            return ConsoleErrors.NoCluster($"sluice {verb}", ClusterSupport.WhyNot);
        }

        if (command.Command.Subcommands.Count == 0)
        {
            return ConsoleErrors.TooMany(token, where);
        }

        IEnumerable<string> known = command.Command.Subcommands.Select(child => child.Name);
        if (command.Parent is null)
        {
            known = known.Concat(LaterVerbs.All.Keys).Union(LaterVerbs.OfClusters);
        }

        return ConsoleErrors.UnknownVerb(token, where, Suggestion.Nearest(token, known));
    }

    // An argument that takes anything also takes a misspelt option; what begins with '-' is one, unless `--` stands
    // before it.
    private static void CheckDashes(ParseResult parse, CommandResult command, string where)
    {
        HashSet<Token> behindDoubleDash = [.. parse.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash)];
        foreach (ArgumentResult argument in command.Children.OfType<ArgumentResult>())
        {
            Token? token = argument.Tokens.FirstOrDefault(
                token => IsOption(token.Value) && !behindDoubleDash.Contains(token));
            if (token is not null)
            {
                throw new SluiceException(UnknownOption(token.Value, command, where));
            }
        }
    }

    // What stands behind the '=' of a switch, and is neither true nor false, the parser gives to the verb: an input
    // that nobody meant.
    private static void CheckSwitches(CommandResult command, IReadOnlyList<string> words)
    {
        HashSet<string> switches =
        [
            .. OptionsOf(command)
                .Where(option => option.ValueType == typeof(bool))
                .SelectMany(option => option.Aliases.Append(option.Name)),
        ];
        foreach (string[] parts in words.TakeWhile(word => word != "--").Select(word => word.Split(['=', ':'], 2)))
        {
            if (parts is [string name, string value] && switches.Contains(name) && !bool.TryParse(value, out _))
            {
                throw new SluiceException(
                    ConsoleErrors.BadValue(value, "true or false", name, $"{name}=true, or {name} alone"));
            }
        }
    }

    private static bool TakesNumber(Option option) =>
        option.ValueType == typeof(int) || option.ValueType == typeof(int?);

    /// <summary>A count as it was given.</summary>
    /// <exception cref="SluiceException">It is less than 1, or more than <paramref name="most"/>.</exception>
    public static long RequireCount(long count, long most, string option) => count >= 1 && count <= most
        ? count
        : throw new SluiceException(ConsoleErrors.BadValue(
            count.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"a number from 1 to {most}"),
            option,
            "3"));

    /// <summary>A path as it was given.</summary>
    /// <exception cref="SluiceException">It is empty, as an unset variable of a script leaves it, an address, not
    /// UTF-8, or relative to a directory that has been removed.</exception>
    public static string RequirePath(string path, string where)
    {
        if (path.Length == 0)
        {
            throw new SluiceException(ConsoleErrors.BadValue(path, "a path", where, "./data"));
        }

        if (!Path.IsPathRooted(path) && path != JobOrder.Stream && !Directory.Exists("."))
        {
            throw new SluiceException(ConsoleErrors.BadValue(
                path, "a path here: the current directory has been removed", where, "/data"));
        }

        // The runtime reads arguments as UTF-8 and puts this character for what is not: another path would be meant.
        if (path.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(path))
        {
            throw new SluiceException(ConsoleErrors.BadValue(path, "a path whose bytes are UTF-8", where, "./data"));
        }

        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 && Uri.CheckSchemeName(path[..scheme])
            ? throw new SluiceException(ConsoleErrors.StoreNotThereYet(path, where))
            : path;
    }

    private static void CheckRequired(CommandResult command, string where)
    {
        if (command.Command.Subcommands.Count > 0 && command.Command.Action is null)
        {
            string verbs = string.Join(", ", command.Command.Subcommands.Select(child => child.Name));
            throw new SluiceException(ConsoleErrors.Missing($"a verb ({verbs})", where));
        }

        foreach (Argument argument in command.Command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && command.GetResult(argument) is not { Tokens.Count: > 0 })
            {
                throw new SluiceException(ConsoleErrors.Missing(argument.Name, where));
            }
        }

        foreach (Option option in command.Command.Options)
        {
            if (option.Required && command.GetResult(option) is not { IdentifierToken: not null })
            {
                throw new SluiceException(ConsoleErrors.Missing($"{option.Name} {option.HelpName}", where));
            }
        }
    }

    private static SluiceError UnknownOption(string token, CommandResult command, string where)
    {
        string name = token.Split('=', 2)[0];
        IEnumerable<string> known = OptionsOf(command).Select(option => option.Name);
        return ConsoleErrors.UnknownOption(name, where, Suggestion.Nearest(name, known));
    }

    // Its own, and those of the verbs above that stand behind it too.
    private static IEnumerable<Option> OptionsOf(CommandResult command)
    {
        for (CommandResult? level = command; level is not null; level = level.Parent as CommandResult)
        {
            bool isOwn = level == command;
            foreach (Option option in level.Command.Options.Where(option => isOwn || option.Recursive))
            {
                yield return option;
            }
        }
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-';

    /// <summary>A verb as it is typed, such as `sluice jobs ls`.</summary>
    public static string PathOf(CommandResult command) => command.Parent is CommandResult parent
        ? $"{PathOf(parent)} {command.Command.Name}"
        : "sluice";
}
