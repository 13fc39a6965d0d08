using System.CommandLine;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>A verb of the console: its options, and what it does.</summary>
internal abstract class Verb : Command
{
    /// <param name="host">What it finds around it.</param>
    /// <param name="name">What the user types.</param>
    /// <param name="description">One sentence for the help.</param>
    protected Verb(ConsoleHost host, string name, string description)
        : base(name, description)
    {
        SetAction((parse, _) =>
        {
            SettingSources sources = new(
                new FlagSource(parse), new EnvironmentSource(host.Variable), FileSource.In(host.Directory));
            return RunAsync(new VerbCall(host, parse, Settings.Resolve(sources)), host.Interrupted);
        });
    }

    /// <summary>Lines for the end of the help; each a command that works.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="SluiceException">It cannot be done.</exception>
    protected abstract Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken);
}

/// <summary>One use of a verb.</summary>
/// <param name="Host">What it finds around it.</param>
/// <param name="Parse">The command line.</param>
/// <param name="Settings">Values from flags, environment, file and defaults.</param>
internal sealed record VerbCall(ConsoleHost Host, ParseResult Parse, Settings Settings)
{
    public Terminal Terminal => Host.Terminal;

    public OutputStyle Style => Settings.Style;

    /// <summary>Prints data to standard output.</summary>
    public DataPrinter Printer => new(Terminal, Style, Terminal.Out, Terminal.IsOutTerminal);

    /// <summary>Prints data to standard error, where standard output carries records.</summary>
    public DataPrinter AsidePrinter => new(Terminal, Style, Terminal.Error, Terminal.IsErrorTerminal);

    /// <summary>What reaches the cluster that was asked for; null when none was.</summary>
    /// <exception cref="SluiceException">One was, and this console reaches none.</exception>
    public IClusterSupport? RequireClusters() => Settings.Cluster is not { Value: string gateways } cluster
        ? null
        : Host.Clusters ?? throw new SluiceException(
            ConsoleErrors.NoCluster($"{cluster.Origin}: {gateways}", ClusterSupport.WhyNot));

    /// <summary>A sentence to standard error that is neither data nor failure.</summary>
    public void Hint(string text)
    {
        if (!Style.IsQuiet)
        {
            Terminal.Error.WriteLine($"sluice: {text}");
        }
    }

    /// <summary>A whole number of an option, or null when it was not given; `_` may stand between digits.</summary>
    /// <exception cref="SluiceException">It is not a whole number from 0 on.</exception>
    public long? Number(Option<string?> option)
    {
        if (Parse.GetValue(option) is not string text)
        {
            return null;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new SluiceException(
                ConsoleErrors.BadValue(text, "a whole number from 0 on", option.Name, "1000000"));
    }
}
