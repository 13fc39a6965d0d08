using System.CommandLine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>The console from its words to its exit code.</summary>
internal static class ConsoleApplication
{
    private const int ClosedPipe = 141;
    private const int AfterInterrupt = 130;

    /// <summary>Runs one command line; failures are printed, not thrown.</summary>
    /// <param name="host">What the verbs find around them.</param>
    /// <param name="words">Without the program's name.</param>
    /// <param name="interruptCode">What an interrupted process ends with; null when it was not interrupted.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ConsoleHost host, IReadOnlyList<string> words, Func<int?> interruptCode)
    {
        try
        {
            int code = await RunVerbAsync(host, words);
            host.Terminal.Out.Flush();
            return code;
        }
        catch (ClosedPipeException)
        {
            return ClosedPipe;
        }
        catch (WatchEndedException)
        {
            return interruptCode() ?? AfterInterrupt;
        }
        catch (OperationCanceledException) when (host.Interrupted.IsCancellationRequested)
        {
            if (!IsGiven(words, "-q", "--quiet"))
            {
                host.Terminal.Error.WriteLine("sluice: cancelled; nothing was left behind");
            }

            return interruptCode() ?? AfterInterrupt;
        }
        catch (SluiceException exception)
        {
            return Fail(host, words, exception.Error, exception);
        }
        catch (StandardOutputException exception)
        {
            return Fail(host, words, ConsoleErrors.CannotWrite("standard output", exception.Message), exception);
        }
#pragma warning disable CA1031 // The last line of defence: whatever it is, the user gets three lines and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(host, words, ConsoleErrors.Unforeseen(exception), exception);
        }
    }

    /// <summary>Runs one command line; failures are thrown.</summary>
    /// <exception cref="SluiceException">The command line is wrong, or the verb failed.</exception>
    public static Task<int> RunVerbAsync(ConsoleHost host, IReadOnlyList<string> words)
    {
        ParseResult parse = RootVerb.Create(host, words).Parse(
            [.. words], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ExampleHelp or PrintVersion)
        {
            UsageCheck.ThrowUnmatched(parse);
        }
        else
        {
            UsageCheck.Throw(parse, words);
        }

        return parse.InvokeAsync(new InvocationConfiguration
        {
            Output = host.Terminal.Out,
            Error = host.Terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static int Fail(ConsoleHost host, IReadOnlyList<string> words, SluiceError error, Exception exception)
    {
        bool hasColor = host.Terminal.IsErrorTerminal
            && !IsGiven(words, "--no-color")
            && host.Variable("NO_COLOR") is null or "";
        try
        {
            host.Terminal.Out.Flush();
        }
        catch (IOException)
        {
            // The failure itself is what the user must hear of.
        }

        ErrorWriter.Write(host.Terminal.Error, error, hasColor, IsGiven(words, "-v", "--verbose") ? exception : null);
        return (int)error.Kind;
    }

    // The settings may be what failed, so only the words themselves are asked.
    private static bool IsGiven(IReadOnlyList<string> words, params ReadOnlySpan<string> flags)
    {
        foreach (string word in words)
        {
            if (flags.Contains(word))
            {
                return true;
            }
        }

        return false;
    }
}
