using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sluice.Engine;

/// <summary>Tells pipes, sockets and devices from regular files.</summary>
/// <remarks>
/// Opening a pipe waits for its other end, so its kind must be known before it is opened, and the runtime does not
/// tell: Linux is asked by statx (2), whose result has one layout everywhere. Elsewhere every file counts as regular.
/// </remarks>
internal static partial class FileKind
{
    private const int CurrentDirectory = -100;
    private const uint TypeWanted = 1;
    private const int ResultSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;

    /// <summary>What the path is when it is not a regular file; null when it is, or cannot be asked.</summary>
    public static string? Of(string path)
    {
        Span<byte> result = stackalloc byte[ResultSize];
        if (!OperatingSystem.IsLinux() || Statx(CurrentDirectory, path, 0, TypeWanted, result) != 0)
        {
            return null;
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(result[ModeOffset..]) & TypeMask) switch
        {
            0x1000 => "a pipe",
            0x2000 or 0x6000 => "a device",
            0x4000 => "a directory inside a directory",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> result);
}
