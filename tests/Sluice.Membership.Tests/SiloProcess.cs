using System.Diagnostics;
using System.Net;

namespace Sluice.Membership.Tests;

/// <summary>
/// A silo in a process of its own; it ends with the test, at the latest when a pipe to the test's process closes.
/// </summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _process;
    private readonly int _health;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <param name="program">What `dotnet` is to run.</param>
    /// <param name="arguments">What it is called with; must have it stop with standard input.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="health">The port of its health.</param>
    /// <param name="under">What starts `dotnet` in its own place; null when nothing does.</param>
    public SiloProcess(
        string program, IEnumerable<string> arguments, string directory, int health, string? under = null)
    {
        _health = health;
        string[] command = ["dotnet", program, .. arguments];
        _process = Process.Start(new ProcessStartInfo(under ?? command[0], under is null ? command[1..] : command)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Waits until `/health/ready` says so.</summary>
    public async Task AwaitReadyAsync()
    {
        using CancellationTokenSource patience = new(Deadline);
        while (await StatusAsync("ready") != HttpStatusCode.OK)
        {
            Assert.False(_process.HasExited, $"The silo has ended: {(_process.HasExited ? await _error : "")}");
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>What `/health/NAME` answers; null when nobody listens.</summary>
    public async Task<HttpStatusCode?> StatusAsync(string name)
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync(
                new Uri($"http://127.0.0.1:{_health}/health/{name}"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, and waits until it has.</summary>
    /// <returns>Exit code and what it wrote.</returns>
    public async Task<ConsoleResult> StopAsync(string signal = "TERM")
    {
        await SignalAsync(signal);
        return await EndedAsync();
    }

    /// <summary>Sends it a signal.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Deadline);
    }

    public async Task<ConsoleResult> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        return new ConsoleResult(
            _process.ExitCode,
            System.Text.Encoding.UTF8.GetBytes(await _output.WaitAsync(Deadline)),
            await _error.WaitAsync(Deadline));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Deadline);
        }

        _process.Dispose();
    }
}
