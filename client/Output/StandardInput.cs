using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>The process's standard input, where there is one.</summary>
/// <remarks>
/// A process that is started without one gives descriptor 0 to whatever it opens first, which is a pipe of the
/// runtime's own: reading it would wait for ever. Linux tells: this process holds the pipe's other end too.
/// </remarks>
internal static class StandardInput
{
    private const string Own = "/proc/self/fd/0";
    private const int AccessMask = 3;

    /// <exception cref="SluiceException">It is closed, or this process itself keeps it from ending.</exception>
    public static Stream Open() => IsWrittenHere()
        ? throw new SluiceException(ConsoleErrors.BadStandardInput(
            "standard input is closed", "pipe lines in, or name files"))
        : Console.OpenStandardInput();

    private static bool IsWrittenHere() =>
        OperatingSystem.IsLinux()
        && new FileInfo(Own).LinkTarget is string pipe
        && pipe.StartsWith("pipe:", StringComparison.Ordinal)
        && Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Own)!)
            .Any(path => path != Own && new FileInfo(path).LinkTarget == pipe && IsForWriting(Path.GetFileName(path)));

    // A second descriptor of the reading end is harmless: whoever started the process may have made one.
    private static bool IsForWriting(string descriptor)
    {
        const string Flags = "flags:";
        try
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}")
                .First(line => line.StartsWith(Flags, StringComparison.Ordinal));

            // Octal; the access is in its last digit.
            return (int.Parse(flags[^1..], CultureInfo.InvariantCulture) & AccessMask) != 0;
        }
        catch (IOException)
        {
            // Closed meanwhile, by another thread.
            return false;
        }
    }
}
