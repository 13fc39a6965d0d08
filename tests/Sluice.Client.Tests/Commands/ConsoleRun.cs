using System.Text;

namespace Sluice.Client.Tests;

/// <summary>The console in the test's own process, with a runner that the test chooses.</summary>
internal sealed class ConsoleRun
{
    public string Output { get; private set; } = "";

    public string Data { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string Input { get; init; } = "";

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IJobRunner runner, string directory, params string[] words)
    {
        using MemoryStream data = new();
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        using InterruptSignals signals = new(_ => throw new InvalidOperationException("Nobody interrupts a test."));
        ConsoleHost host = new()
        {
            Terminal = new Terminal
            {
                Data = data,
                Out = output,
                Error = error,
                Input = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            },
            Runner = runner,
            Variable = name => name == "SLUICE_SPILL_DIR" ? Path.Combine(directory, "spill") : null,
            Directory = directory,
            Interrupted = signals.Token,
        };
        int exitCode = await ConsoleApplication.RunAsync(host, words, () => signals.ExitCode).WaitAsync(
            TimeSpan.FromSeconds(30));
        (Data, Output, Error) = (Encoding.UTF8.GetString(data.ToArray()), output.ToString(), error.ToString());
        return exitCode;
    }
}
