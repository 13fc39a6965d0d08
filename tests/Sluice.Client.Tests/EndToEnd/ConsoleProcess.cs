using System.Diagnostics;

namespace Sluice.Client.Tests;

/// <summary>How a run of the console ended.</summary>
internal sealed record ConsoleResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The console as a process of its own: as test.sh published it, or as this build made it.</summary>
internal static class ConsoleProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    public static async Task<ConsoleResult> RunAsync(
        string directory,
        IEnumerable<string> arguments,
        byte[]? input = null,
        params (string Name, string Value)[] environment)
    {
        using Process process = Start(directory, arguments, environment);
        Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream);
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input.
        }

        await process.WaitForExitAsync().WaitAsync(Deadline);
        return new ConsoleResult(process.ExitCode, await output.WaitAsync(Deadline), await error.WaitAsync(Deadline));
    }

    public static Process Start(
        string directory, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [Library(), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys
            .Where(name => name.StartsWith("SLUICE_", StringComparison.Ordinal))
            .ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>What `dotnet` is to run.</summary>
    public static string Library()
    {
        if (Environment.GetEnvironmentVariable("SLUICE_CONSOLE") is { Length: > 0 } published)
        {
            return published;
        }

        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root!.FullName, "artifacts", "bin", "Sluice.Client", "debug", "sluice.dll");
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
