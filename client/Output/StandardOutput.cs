using System.Runtime.InteropServices;

namespace Sluice.Client;

/// <summary>
/// The process's standard output as it is: unbuffered, and a closed reader is an error rather than silence.
/// </summary>
/// <remarks>
/// The runtime's own console stream swallows a closed pipe, and a file stream over descriptor 1 keeps its own position,
/// so that two commands that share one redirection would overwrite each other. This one calls write (2).
/// </remarks>
internal sealed partial class StandardOutput : Stream
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int BrokenPipe = 32;

    private StandardOutput()
    {
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();

    /// <exception cref="ClosedPipeException">Nobody reads any more.</exception>
    /// <exception cref="StandardOutputException">The bytes cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint written = WriteTo(Descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted:
                    break;
                case WouldBlock:
                    // A terminal that another process has set to non-blocking takes more in a moment.
                    Thread.Sleep(1);
                    break;
                case BrokenPipe:
                    throw new ClosedPipeException();
                default:
                    throw new StandardOutputException(Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteTo(int descriptor, ReadOnlySpan<byte> bytes, nint count);
}

/// <summary>Standard output cannot take what is written to it: the disk behind it is full, or it is closed.</summary>
internal sealed class StandardOutputException(string why) : IOException(why);

/// <summary>The reader of standard output has gone: the rest is not wanted, which is no failure.</summary>
internal sealed class ClosedPipeException : IOException
{
    public ClosedPipeException()
        : base("The reader of standard output has closed it.")
    {
    }
}
