using System.Collections.Concurrent;

namespace Sluice.Sorting;

/// <summary>The two ways bytes take to a file.</summary>
internal enum WritePath
{
    /// <summary>Into the kernel's page cache, which writes them later.</summary>
    Cached,

    /// <summary>To the device, past the cache.</summary>
    Direct,
}

/// <summary>Tells which way is faster at the moment, from what the last writes of each took.</summary>
/// <remarks>
/// Which one that is depends on the machine and changes while it runs: a cache with pages at hand takes 5 GB/s, one
/// that must first get them from a hypervisor 0.4 GB/s, one that has too many unwritten pages what the disk does; a
/// local solid state disk takes 2 GB/s and more, a network volume 0.1 GB/s. So both are measured: each once at first,
/// the slower one again now and then. All files of one disk share a choice. Threading: any thread.
/// </remarks>
public sealed class WritePathChoice
{
    private const int ChoicesPerProbe = 64;

    // The newest write counts a quarter.
    private const double Newest = 0.25;

    // A cached write takes a processor and pages that others could use, now and once more when the kernel writes them
    // out; a direct one only waits.
    private const double PriceOfCached = 3;

    private static readonly ConcurrentDictionary<string, WritePathChoice> s_disks = new(StringComparer.Ordinal);

    // All parts of a job lie in one, and the system takes its time to tell where.
    private static LastDirectory? s_last;

    private readonly Lock _gate = new();
    private readonly double?[] _secondsPerByte = new double?[2];
    private int _choices;

    /// <summary>The choice that all files share of the disk on which a directory lies.</summary>
    /// <param name="directory">Its path; need not be there.</param>
    public static WritePathChoice Of(string directory)
    {
        LastDirectory? last = Volatile.Read(ref s_last);
        if (last?.Path != directory)
        {
            last = new LastDirectory(directory, OnVolume(DiskVolume.Of(Path.GetFullPath(directory))));
            Volatile.Write(ref s_last, last);
        }

        return last.Choice;
    }

    /// <summary>The choice for a disk.</summary>
    /// <param name="volume">As <see cref="DiskVolume"/> names it.</param>
    internal static WritePathChoice OnVolume(string volume) =>
        s_disks.GetOrAdd(volume, static _ => new WritePathChoice());

    /// <summary>The way the next write should go.</summary>
    internal WritePath Next()
    {
        lock (_gate)
        {
            _choices++;
            if (_secondsPerByte[(int)WritePath.Direct] is not double direct)
            {
                return WritePath.Direct;
            }

            if (_secondsPerByte[(int)WritePath.Cached] is not double cached)
            {
                return WritePath.Cached;
            }

            bool isProbe = _choices % ChoicesPerProbe == 0;
            return direct < PriceOfCached * cached != isProbe ? WritePath.Direct : WritePath.Cached;
        }
    }

    /// <summary>A write of <paramref name="bytes"/> bytes took <paramref name="time"/>.</summary>
    internal void Took(WritePath path, long bytes, TimeSpan time)
    {
        double found = time.TotalSeconds / bytes;
        lock (_gate)
        {
            ref double? kept = ref _secondsPerByte[(int)path];
            kept = kept is double before ? before + (Newest * (found - before)) : found;
        }
    }

    private sealed record LastDirectory(string Path, WritePathChoice Choice);
}
