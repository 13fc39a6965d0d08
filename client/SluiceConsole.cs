using System.CommandLine;
using System.Reflection;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Takes a command line to its exit code: parses it, runs the verb, says what went wrong.</summary>
internal sealed class SluiceConsole
{
    private const int Succeeded = 0;
    private const int PipeClosed = 141;

    private readonly Terminal _terminal;
    private readonly InterruptSignals _signals;

    public SluiceConsole(Terminal terminal, InterruptSignals signals)
    {
        _terminal = terminal;
        _signals = signals;
    }

    /// <summary>The version that `sluice version` prints.</summary>
    public static string Version { get; } =
        typeof(SluiceConsole).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        // Asked by scripts, often: answered before anything else is loaded.
        if (args is ["version"] or ["--version"])
        {
            _terminal.Out.WriteLine(Version);
            _terminal.Out.Flush();
            return Succeeded;
        }

        bool isVerbose = args.Contains("-v") || args.Contains("--verbose");
        try
        {
            _signals.Listen();
            int exitCode = await RunVerbAsync(args);
            _terminal.Out.Flush();
            return exitCode;
        }
        catch (OperationCanceledException) when (_signals.ExitCode is not null)
        {
            return _signals.ExitCode.Value;
        }
        catch (ClosedPipeException)
        {
            return PipeClosed;
        }
        catch (SluiceException exception)
        {
            return Fail(exception.Error, isVerbose ? exception : null);
        }
#pragma warning disable CA1031 // The last line of defence: a defect is reported like any other failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(ConsoleErrors.Unforeseen(exception), isVerbose ? exception : null);
        }
    }

    private async Task<int> RunVerbAsync(string[] args)
    {
        RootCommand root = Verbs.Root(new VerbContext(_terminal, _signals));
        ParseResult parse = root.Parse(args.Length == 0 ? ["--help"] : args);
        bool asksForHelp = parse.Tokens.Any(token => token.Value is "--help" or "-h" or "-?");
        if (!asksForHelp)
        {
            UsageErrors.Check(parse);
        }

        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = _terminal.Out,
                Error = _terminal.Error,
                ProcessTerminationTimeout = null,
            },
            _signals.Token);
    }

    private int Fail(SluiceError error, Exception? cause)
    {
        // What was printed as data before the failure still counts.
        _terminal.Out.Flush();
        bool hasColor = _terminal.IsErrorTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        ErrorWriter.Write(_terminal.Error, error, hasColor, cause);
        return (int)error.Kind;
    }
}
