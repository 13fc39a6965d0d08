using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>A file that is written from front to back in large pieces, by whichever path is faster.</summary>
/// <remarks>
/// Pieces of whole pages at page boundaries may go past the kernel's page cache (see <see cref="WritePathChoice"/>);
/// everything else goes through it. The system keeps both views of the file equal.
/// Ownership: disposing closes the file and leaves it where it is. Threading: one thread writes.
/// </remarks>
public sealed class StorageFile : IDisposable
{
    /// <summary>Bytes of a page: places, lengths and addresses that are multiples of it may go past the cache.</summary>
    public const int PageSize = 4096;

    // Shorter writes spend most of their time on the way to the device.
    private const int SmallestDirect = 128 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly WritePathChoice _choice = new();
    private SafeFileHandle? _direct;
    private bool _triedDirect;

    /// <param name="path">The file.</param>
    /// <param name="mode">What is done with a file that is there already.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public StorageFile(string path, FileMode mode)
    {
        Path = path;
        _handle = File.OpenHandle(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Writes all of <paramref name="pieces"/>, one behind the other, from <paramref name="offset"/> on.</summary>
    /// <exception cref="IOException">Disk full, or the device failed.</exception>
    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        long length = LengthIfAligned(pieces, offset);
        if (length < SmallestDirect || !CanWriteDirectly())
        {
            RandomAccess.Write(_handle, pieces, offset);
            return;
        }

        WritePath path = _choice.Next();
        long start = Stopwatch.GetTimestamp();
        if (path == WritePath.Cached)
        {
            RandomAccess.Write(_handle, pieces, offset);
        }
        else if (!TryWriteDirectly(pieces, offset))
        {
            RandomAccess.Write(_handle, pieces, offset);
            return;
        }

        _choice.Took(path, length, Stopwatch.GetElapsedTime(start));
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _handle.Dispose();
    }

    // 0 when a piece, or the place, is not whole pages.
    private static long LengthIfAligned(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        long length = 0;
        bool isAligned = offset % PageSize == 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            isAligned &= IsAligned(pieces[i].Span);
            length += pieces[i].Length;
        }

        return isAligned ? length : 0;
    }

    private static unsafe bool IsAligned(ReadOnlySpan<byte> piece)
    {
        fixed (byte* start = piece)
        {
            return ((nuint)start | (nuint)piece.Length) % PageSize == 0;
        }
    }

    private bool CanWriteDirectly()
    {
        if (!_triedDirect)
        {
            _triedDirect = true;
            _direct = DirectAccess.TryOpen(Path);
        }

        return _direct is not null;
    }

    // Some file systems refuse only the write itself. Whatever the reason was, the other way tells it better.
    private bool TryWriteDirectly(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        try
        {
            RandomAccess.Write(_direct!, pieces, offset);
            return true;
        }
        catch (IOException)
        {
            _direct!.Dispose();
            _direct = null;
            return false;
        }
    }
}
