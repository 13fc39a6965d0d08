using System.IO.Pipes;

namespace Sluice.Cluster.Tests;

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
