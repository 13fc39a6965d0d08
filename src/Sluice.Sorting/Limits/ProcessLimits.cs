using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>What the system lets one process have: open files, threads.</summary>
public static partial class ProcessLimits
{
    // errno ENFILE (of the whole system) and EMFILE (of the process); ERROR_TOO_MANY_OPEN_FILES on Windows.
    private static readonly int[] TooManyFiles = [23, 24, unchecked((int)0x80070004)];

    // RLIMIT_NOFILE of getrlimit(2).
    private const int FilesOnLinux = 7;
    private const int FilesElsewhere = 8;

    /// <summary>Files, connections and the like that the process may have open; many where nobody knows.</summary>
    internal static long OpenFiles { get; } =
        !OperatingSystem.IsWindows()
        && GetLimit(OperatingSystem.IsLinux() ? FilesOnLinux : FilesElsewhere, out ResourceLimit limit) == 0
            ? (long)Math.Min(limit.Current, long.MaxValue)
            : ushort.MaxValue;

    /// <summary>Whether <paramref name="exception"/> says that the process may have no more of something.</summary>
    public static bool IsReached(Exception exception) =>
        exception is ThreadLimitException || (exception is IOException && TooManyFiles.Contains(exception.HResult));

    /// <summary>Starts a background thread.</summary>
    /// <param name="name">As debuggers and profilers show it.</param>
    /// <param name="work">What it does.</param>
    /// <param name="stackSize">Bytes; 0 is what the system gives.</param>
    /// <exception cref="ThreadLimitException">The system starts no more.</exception>
    public static Thread StartThread(string name, Action work, int stackSize = 0)
    {
        Thread thread = new(work.Invoke, stackSize) { IsBackground = true, Name = name };
        try
        {
            thread.Start();
            return thread;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new ThreadLimitException(name, exception);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    // Both are rlim_t, 64 bits on the systems that .NET runs on.
    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }
}

/// <summary>The system starts no more threads for this process.</summary>
public sealed class ThreadLimitException(string name, Exception cause)
    : Exception($"The thread '{name}' could not be started", cause);
