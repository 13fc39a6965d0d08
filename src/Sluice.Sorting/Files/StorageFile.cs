using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Sorting;

/// <summary>A file that is written and read in large pieces, by whichever path is faster.</summary>
/// <remarks>
/// Pieces of whole pages at page boundaries may go past the kernel's page cache (see <see cref="WritePathChoice"/>);
/// everything else goes through it. The system keeps both views of the file equal. What was written past the cache is
/// read past it too, else the kernel would fill its cache with it after all; and what lies in the cache is read there,
/// else the kernel would have to write it out first. Between uses it may be closed, where the process has many files.
/// Ownership: disposing closes the file and leaves it where it is. Threading: any thread reads and writes, at places of
/// its own.
/// </remarks>
public sealed class StorageFile : IDisposable
{
    /// <summary>
    /// Bytes of a page: places, lengths and addresses that are multiples of it may go past the cache.
    /// </summary>
    public const int PageSize = 4096;

    /// <summary>Bytes from which on a stretch is given back by itself; a shorter one comes back with the
    /// file.</summary>
    public const int SmallestHole = 64 * 1024;

    // Shorter ones spend most of their time on the way to the device.
    private const int SmallestDirect = 64 * 1024;

    private readonly ReopenedFile _file;
    private readonly WritePathChoice _choice;
    private readonly bool _isRead;
    private readonly FileRoom _room;
    private readonly Lock _gate = new();

    // Under _gate: of a file that is read again, what lies past the cache.
    private readonly Stretches _direct = new();
    private bool _isRefused;

    private StorageFile(ReopenedFile file, WritePathChoice choice, bool isRead)
    {
        _file = file;
        _choice = choice;
        _isRead = isRead;
        _room = new FileRoom(file, choice.Holes);
    }

    /// <summary>Creates a file to write only; each write goes the way that is faster then.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choice">Shared by the files of a disk.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static StorageFile ToWrite(string path, WritePathChoice choice) =>
        new(new ReopenedFile(path, FileMode.Create, FileAccess.Write, OpenFiles.OfProcess), choice, isRead: false);

    /// <summary>Creates a file that is read again: each stretch is read the way it was written.</summary>
    /// <param name="path">The file, which must not be there yet.</param>
    /// <param name="choice">Shared by the files of a disk.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static StorageFile ToReadAgain(string path, WritePathChoice choice) =>
        ToReadAgain(path, choice, OpenFiles.OfProcess);

    /// <summary>Where the file is.</summary>
    public string Path => _file.Path;

    /// <summary>Whether large reads of a stretch wait for the device, because some of it went past the cache.</summary>
    public bool IsDirect(long offset, long length)
    {
        lock (_gate)
        {
            return _direct.Overlap(offset, offset + length);
        }
    }

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>, through the cache.</summary>
    /// <exception cref="IOException">Disk full, or the device failed.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        using ReopenedFile.Use use = _file.Begin();
        RandomAccess.Write(use.Cached, bytes, offset);
    }

    /// <summary>Writes all of <paramref name="pieces"/>, one behind the other, from <paramref name="offset"/>
    /// on.</summary>
    /// <exception cref="IOException">Disk full, or the device failed.</exception>
    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        using ReopenedFile.Use use = _file.Begin();
        long length = DirectAccess.LengthIfAligned(pieces, offset);
        if (length < SmallestDirect || use.Direct is not SafeFileHandle direct || NextPath() is not WritePath path)
        {
            RandomAccess.Write(use.Cached, pieces, offset);
            return;
        }

        if (path == WritePath.Direct && TryWriteDirectly(direct, pieces, offset, length))
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        RandomAccess.Write(use.Cached, pieces, offset);
        _choice.Took(WritePath.Cached, length, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Reads at <paramref name="offset"/> until <paramref name="bytes"/> is full or the file ends.</summary>
    /// <returns>How many bytes were read.</returns>
    public int Read(Span<byte> bytes, long offset)
    {
        using ReopenedFile.Use use = _file.Begin();
        return Read(use.Cached, bytes, offset);
    }

    /// <summary>Reads at <paramref name="offset"/> until all <paramref name="pieces"/> are full or the file
    /// ends.</summary>
    /// <returns>How many bytes were read.</returns>
    public long Read(IReadOnlyList<Memory<byte>> pieces, long offset)
    {
        using ReopenedFile.Use use = _file.Begin();
        long filled = 0;
        for (int i = 0; i < pieces.Count;)
        {
            long place = offset + filled;
            int count = CountDirect(pieces, i, place);
            long direct = ReadDirectly(use.Direct, pieces, i, count, place);
            if (direct > 0)
            {
                filled += direct;
                i += count;
                continue;
            }

            int read = Read(use.Cached, pieces[i].Span, place);
            filled += read;
            if (read < pieces[i].Length)
            {
                break;
            }

            i++;
        }

        return filled;
    }

    /// <summary>Says that the file ends there and grows no more.</summary>
    /// <param name="length">Its bytes.</param>
    public void Finish(long length) => _room.EndAt(InWholePages(length));

    /// <summary>Gives the room of a stretch back where the file system can, at once or when the disk needs it (see
    /// <see cref="HoleChoice"/>); it is not read any more.</summary>
    /// <remarks>Whole pages, and not too few: for a part of one the kernel would read it from the device.</remarks>
    public void Discard(long offset, long length)
    {
        long start = InWholePages(offset);
        long end = (offset + length) / PageSize * PageSize;
        if (end - start < SmallestHole)
        {
            return;
        }

        bool isCached;
        lock (_gate)
        {
            isCached = _direct.LengthWithin(start, end) < end - start;
        }

        _room.GiveBack(start, end, isCached);
    }

    public void Dispose()
    {
        _room.Dispose();
        _file.Dispose();
    }

    /// <summary>Bytes of the pages on which so many bytes lie from a page's start on.</summary>
    internal static long InWholePages(long length) => (length + PageSize - 1) / PageSize * PageSize;

    /// <summary>The same, among files that are closed for each other.</summary>
    internal static StorageFile ToReadAgain(string path, WritePathChoice choice, OpenFiles all) =>
        new(new ReopenedFile(path, FileMode.CreateNew, FileAccess.ReadWrite, all), choice, isRead: true);

    private static int Read(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        int filled = 0;
        while (filled < bytes.Length)
        {
            int count = RandomAccess.Read(handle, bytes[filled..], offset + filled);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }

    // How many of the pieces from one on lie past the cache together, when that is enough for a read of its own.
    private int CountDirect(IReadOnlyList<Memory<byte>> pieces, int first, long offset)
    {
        long left;
        lock (_gate)
        {
            left = _direct.EndAt(offset) - offset;
        }

        int count = 0;
        long length = 0;
        bool isAligned = offset % PageSize == 0;
        while (isAligned && first + count < pieces.Count && length + pieces[first + count].Length <= left)
        {
            isAligned = DirectAccess.IsAligned(pieces[first + count].Span);
            length += pieces[first + count].Length;
            count++;
        }

        return isAligned && length >= SmallestDirect ? count : 0;
    }

    // Null when the device's way was refused.
    private WritePath? NextPath()
    {
        lock (_gate)
        {
            return _isRefused ? null : _choice.Next(_isRead);
        }
    }

    // Some file systems refuse only the write itself.
    private bool TryWriteDirectly(
        SafeFileHandle direct, IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset, long length)
    {
        try
        {
            using WritePathChoice.DeviceUse device = _choice.UseDevice();
            long start = Stopwatch.GetTimestamp();
            RandomAccess.Write(direct, pieces, offset);
            _choice.Took(WritePath.Direct, length, Stopwatch.GetElapsedTime(start), device.Others);
        }
        catch (IOException exception) when (DirectAccess.IsRefusal(exception))
        {
            lock (_gate)
            {
                _isRefused = true;
            }

            return false;
        }

        if (_isRead)
        {
            lock (_gate)
            {
                _direct.Add(offset, length);
            }
        }

        return true;
    }

    // All of so many pieces from one on; 0 when the device refuses, or gives less: they come through the cache then.
    private long ReadDirectly(
        SafeFileHandle? direct, IReadOnlyList<Memory<byte>> pieces, int first, int count, long offset)
    {
        if (direct is null || count == 0)
        {
            return 0;
        }

        long wanted = 0;
        Memory<byte>[] together = new Memory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            together[i] = pieces[first + i];
            wanted += together[i].Length;
        }

        try
        {
            using WritePathChoice.DeviceUse device = _choice.UseDevice();
            return RandomAccess.Read(direct, together, offset) == wanted ? wanted : 0;
        }
        catch (IOException exception) when (DirectAccess.IsRefusal(exception))
        {
            return 0;
        }
    }
}
