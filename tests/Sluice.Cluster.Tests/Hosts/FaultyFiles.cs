using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Sluice.Cluster.Tests;

/// <summary>Puts something else in the place of a file that this process has open for writing. Linux only.</summary>
internal static partial class FaultyFiles
{
    /// <summary>The disk under an open file is full from now on.</summary>
    /// <param name="path">The file; it is open once.</param>
    public static void Fill(string path)
    {
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write);
        Replace(path, full.SafeFileHandle);
    }

    /// <param name="path">The file; it is open once.</param>
    /// <param name="other">What its writer writes to from now on.</param>
    public static void Replace(string path, SafeHandle other)
    {
        string open = Assert.Single(
            Directory.GetFiles("/proc/self/fd"), open => new FileInfo(open).LinkTarget == path);
        int file = int.Parse(Path.GetFileName(open), CultureInfo.InvariantCulture);
        Assert.Equal(file, Duplicate(other, file));
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(SafeHandle from, int to);
}

/// <summary>The disk under an open file: it stands still until it is let go.</summary>
/// <remarks>A full pipe is in the file's place, so that whoever writes waits in the system.</remarks>
internal sealed class StillDisk : IDisposable
{
    private const int PipeSize = 64 << 10;

    private readonly AnonymousPipeServerStream _read = new(PipeDirection.In);
    private readonly AnonymousPipeClientStream _write;
    private Task? _drain;

    /// <param name="path">The file; it is open once.</param>
    public StillDisk(string path)
    {
        _write = new AnonymousPipeClientStream(PipeDirection.Out, _read.ClientSafePipeHandle);
        _write.Write(new byte[PipeSize]);
        FaultyFiles.Replace(path, _write.SafePipeHandle);
    }

    /// <summary>Takes all that is written from now on.</summary>
    public void GoOn() => _drain ??= Task.Run(() => _read.CopyTo(Stream.Null));

    public void Dispose()
    {
        GoOn();
        _write.Dispose();
        _drain!.Wait(SiloHosts.Deadline);
        _read.Dispose();
    }
}
