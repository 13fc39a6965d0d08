using System.Diagnostics;
using System.Globalization;

namespace Sluice.Engine;

/// <summary>What this process has taken of the machine's memory.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";
    private const string Peak = "VmHWM:";

    /// <summary>The most bytes it ever had resident.</summary>
    /// <remarks>On Linux one line of a file; the runtime reads about every thread before it gives the same.</remarks>
    public static long PeakBytes()
    {
        if (OperatingSystem.IsLinux())
        {
            ReadOnlySpan<char> status = File.ReadAllText(Status);
            int start = status.IndexOf(Peak, StringComparison.Ordinal) + Peak.Length;
            int length = start < Peak.Length ? -1 : status[start..].IndexOf(" kB", StringComparison.Ordinal);
            CultureInfo plain = CultureInfo.InvariantCulture;
            if (length > 0
                && long.TryParse(status.Slice(start, length), NumberStyles.AllowLeadingWhite, plain, out long kib))
            {
                return kib << 10;
            }
        }

        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
