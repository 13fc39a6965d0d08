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

    public static void Punch(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux() && length > 0)
        {
            _ = Allocate(file, PunchHole | KeepSize, offset, length);
        }
    }

    [LibraryImport("libc", EntryPoint = "fallocate64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
