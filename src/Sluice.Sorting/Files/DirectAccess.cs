using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>Opens files whose reads and writes go past the kernel's page cache.</summary>
/// <remarks>
/// open(2), O_DIRECT: offset, length and address must be multiples of the device's block, a page at the most.
/// </remarks>
internal static partial class DirectAccess
{
    private const int SetStatusFlags = 4;
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;

    /// <summary>Opens an existing file once more; null where system or file system cannot.</summary>
    public static SafeFileHandle? TryOpen(string path, FileAccess access)
    {
        int? flag = Flag();
        if (flag is null)
        {
            return null;
        }

        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (Control(handle, SetStatusFlags, flag.Value) == 0)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Whether a read or write failed because this file system cannot go past the cache; else the device, or its room,
    /// is at fault.
    /// </summary>
    public static bool IsRefusal(IOException exception) => exception.HResult is InvalidArgument or NotSupported;

    /// <summary>Bytes of all <paramref name="pieces"/>; 0 when one, or the place, is not whole pages.</summary>
    public static long LengthIfAligned(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        long length = 0;
        bool isAligned = offset % StorageFile.PageSize == 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            isAligned &= IsAligned(pieces[i].Span);
            length += pieces[i].Length;
        }

        return isAligned ? length : 0;
    }

    /// <summary>Whether a piece is whole pages in memory.</summary>
    public static unsafe bool IsAligned(ReadOnlySpan<byte> piece)
    {
        fixed (byte* start = piece)
        {
            return ((nuint)start | (nuint)piece.Length) % StorageFile.PageSize == 0;
        }
    }

    // The value of O_DIRECT differs by processor.
    private static int? Flag() => !OperatingSystem.IsLinux()
        ? null
        : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 or Architecture.X86 => 0x4000,
            Architecture.Arm64 or Architecture.Arm => 0x10000,
            _ => null,
        };

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
