using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting.Tests;

/// <summary>Puts something else in the place of a file that this process has open for writing. Linux only.</summary>
internal static partial class FaultyFiles
{
    /// <summary>The disk under an open file is full from now on.</summary>
    /// <param name="path">The file; it is open once.</param>
    /// <returns>Gives it room again; to be called only while the file is open.</returns>
    public static Action Fill(string path)
    {
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write);
        return Replace(path, full.SafeFileHandle);
    }

    /// <param name="path">The file; it is open once.</param>
    /// <param name="other">What its writer writes to from now on.</param>
    /// <returns>Brings the file back; to be called only while it is open.</returns>
    public static Action Replace(string path, SafeHandle other)
    {
        string open = Assert.Single(
            Directory.GetFiles("/proc/self/fd"), open => new FileInfo(open).LinkTarget == path);
        int file = int.Parse(Path.GetFileName(open), CultureInfo.InvariantCulture);
        using SafeFileHandle inUse = new(file, ownsHandle: false);
        SafeFileHandle kept = new(Duplicate(inUse), ownsHandle: true);
        Assert.Equal(file, Duplicate(other, file));
        return () => Assert.Equal(file, Duplicate(kept, file));
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(SafeHandle from);

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(SafeHandle from, int to);
}
