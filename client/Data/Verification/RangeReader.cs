using Microsoft.Win32.SafeHandles;

namespace Sluice.Client;

/// <summary>Reads one file onwards and tells how far all readers have come.</summary>
internal sealed class RangeReader(VerifyRange range, long offset, VerifyProgress progress) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(range.File, options: FileOptions.SequentialScan);

    /// <summary>The byte that is read next.</summary>
    public long Offset { get; private set; } = offset;

    public bool AtEnd => Offset == range.FileLength;

    /// <summary>Reads at least one byte.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    /// <exception cref="OperationCanceledException">The verification was cancelled.</exception>
    public int Read(Span<byte> target)
    {
        int wanted = (int)Math.Min(target.Length, range.FileLength - Offset);
        int read = RandomAccess.Read(_file, target[..wanted], Offset);
        if (read == 0)
        {
            throw new EndOfStreamException($"'{range.File}' became shorter while it was verified.");
        }

        Offset += read;
        progress.Add(Math.Max(0, Math.Min(Offset, range.End) - Math.Max(Offset - read, range.Start)));
        return read;
    }

    public void Dispose() => _file.Dispose();
}
