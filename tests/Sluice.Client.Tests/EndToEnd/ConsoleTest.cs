using System.Diagnostics;

namespace Sluice.Client.Tests;

/// <summary>A test with a folder of its own, where the console runs and spills.</summary>
public abstract class ConsoleTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-console-").FullName;

    protected string PathOf(string name) => Path.Combine(_folder, name);

    protected string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    protected string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private protected Task<ConsoleResult> Run(params string[] arguments) => RunWith(null, arguments);

    private protected Task<ConsoleResult> RunWith(byte[]? input, params string[] arguments) =>
        ConsoleProcess.RunAsync(
            _folder, arguments, input, ("SLUICE_SPILL_DIR", PathOf("spill")), ("SLUICE_PARALLELISM", "2"));

    private protected Process Start(params string[] arguments) => ConsoleProcess.Start(
        _folder, arguments, ("SLUICE_SPILL_DIR", PathOf("spill")), ("SLUICE_PARALLELISM", "2"));

    /// <summary>Runs a shell command in the folder and returns what it prints.</summary>
    protected byte[] Shell(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            Environment = { ["LC_ALL"] = "C" },
        })!;
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return output.ToArray();
    }

    /// <summary>What a command of the shell prints, without empty lines.</summary>
    protected string[] Lines(string command) =>
        System.Text.Encoding.UTF8.GetString(Shell(command)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    protected byte[] Parts(string directory = "out") =>
        [.. Directory.GetFiles(PathOf(directory), "part-*").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadAllBytes)];

    /// <summary>
    /// The error has three lines: what with its code, where, and a next action; nothing was printed as data.
    /// </summary>
    private protected static void AssertFails(ConsoleResult result, int exitCode, string code)
    {
        Assert.Equal((exitCode, 3), (result.ExitCode, result.ErrorLines.Length));
        Assert.StartsWith($"error[{code}]: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith("  --> ", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.StartsWith("help: ", result.ErrorLines[2], StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    /// <summary>
    /// No file is left; the directory itself stays when the process that made it was not the last one in it.
    /// </summary>
    protected void AssertNoSpill() =>
        Assert.Empty(Directory.Exists(PathOf("spill")) ? Directory.GetFileSystemEntries(PathOf("spill")) : []);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
