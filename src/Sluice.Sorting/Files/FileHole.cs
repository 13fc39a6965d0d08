using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>Frees stretches in the middle of files.</summary>
/// <remarks>
/// The disk gets the room back at once, and the kernel the pages that cached it, which the next writes take again. It
/// is a favour: where the file system does not know holes, the room comes back when the file is deleted.
/// </remarks>
internal static partial class FileHole
{
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    /// <returns>Whether the thread slept meanwhile: for the device, or for a lock of the file system.</returns>
    public static bool Punch(SafeFileHandle file, long offset, long length)
    {
        // Offsets of other processes have 32 bits here, and the name of what takes longer ones is not everywhere.
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || length <= 0)
        {
            return false;
        }

        long sleeps = ThreadSleeps();
        _ = Allocate(file, PunchHole | KeepSize, offset, length);
        return ThreadSleeps() > sleeps;
    }

    // How often this thread gave its processor up by itself, so far.
    private static unsafe long ThreadSleeps()
    {
        const int ThisThread = 1;
        const int VoluntarySwitches = 16;
        ResourceUsage usage = default;
        _ = GetResourceUsage(ThisThread, &usage);
        return usage[VoluntarySwitches];
    }

    [LibraryImport("libc", EntryPoint = "fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int GetResourceUsage(int who, ResourceUsage* usage);

    // struct rusage: two times of two words each, then fourteen counters.
    [InlineArray(18)]
    private struct ResourceUsage
    {
        private nint _first;
    }
}
