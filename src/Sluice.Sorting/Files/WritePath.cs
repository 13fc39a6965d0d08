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
/// the one not taken again now and then. A device divides its time among those who use it, so what counts is how long
/// it would take with one more: while it is busy, processors that would wait for it write into the cache. All files of
/// one disk share what was measured. Threading: any thread.
/// </remarks>
public sealed class WritePathChoice
{
    // The newest write counts a quarter.
    private const double Newest = 0.25;

    private static readonly ConcurrentDictionary<string, WritePathChoice> s_disks = new(StringComparer.Ordinal);

    // All parts of a job lie in one, and the system takes its time to tell where.
    private static LastDirectory? s_last;

    private readonly Lock _gate = new();
    private readonly double?[] _secondsPerByte = new double?[2];

    // What stays must reach the disk some time. The cache takes a processor's time for it and pages that others could
    // use, now and once more when the kernel writes them out; on its direct way a write only waits.
    private readonly Preference _kept = new(WritePath.Direct, priceOfCached: 16, choicesPerProbe: 256);

    // What is read again is mostly deleted before the kernel writes it out, and is read without the device, which has
    // others to serve then: that makes up for the processor's time.
    private readonly Preference _readAgain = new(WritePath.Cached, priceOfCached: 1, choicesPerProbe: 64);

    // Writes and reads that the device is at.
    private int _underWay;

    /// <summary>A choice of its own, for a disk with room enough.</summary>
    public WritePathChoice()
        : this(static () => 1)
    {
    }

    /// <param name="freeShare">The share of the disk's room that is free at the moment.</param>
    internal WritePathChoice(Func<double> freeShare)
    {
        Holes = new HoleChoice(freeShare);
    }

    /// <summary>What holes in the disk's files are worth.</summary>
    internal HoleChoice Holes { get; }

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
    /// <param name="freeShare">The share of its room that is free; null asks the system.</param>
    internal static WritePathChoice OnVolume(string volume, Func<double>? freeShare = null) =>
        s_disks.GetOrAdd(volume, name => new WritePathChoice(freeShare ?? (() => DiskVolume.FreeShare(name))));

    /// <summary>Makes the holes that were put off, on all disks.</summary>
    /// <returns>Whether there were any.</returns>
    internal static bool GiveBack()
    {
        bool hasGiven = false;
        foreach (WritePathChoice disk in s_disks.Values)
        {
            hasGiven |= disk.Holes.GiveBack();
        }

        return hasGiven;
    }

    /// <summary>The way the next write should go.</summary>
    /// <param name="isReadAgain">Whether what is written is read again soon, and then deleted.</param>
    internal WritePath Next(bool isReadAgain)
    {
        lock (_gate)
        {
            return (isReadAgain ? _readAgain : _kept).Next(_secondsPerByte, 1 + Volatile.Read(ref _underWay));
        }
    }

    /// <summary>The device is used from now on, until what is returned is disposed.</summary>
    internal DeviceUse UseDevice() => new(this, others: Interlocked.Increment(ref _underWay) - 1);

    /// <summary>A write of <paramref name="bytes"/> bytes took <paramref name="time"/>.</summary>
    /// <param name="path">Its way.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="time">From its start to its end.</param>
    /// <param name="others">What the device was at besides when it began; 0 for the cache.</param>
    internal void Took(WritePath path, long bytes, TimeSpan time, int others = 0)
    {
        double found = time.TotalSeconds / bytes / (1 + others);
        lock (_gate)
        {
            ref double? kept = ref _secondsPerByte[(int)path];
            kept = kept is double before ? before + (Newest * (found - before)) : found;
        }
    }

    /// <summary>A write or a read that the device is at.</summary>
    internal readonly struct DeviceUse(WritePathChoice disk, int others) : IDisposable
    {
        /// <summary>How many it was at before.</summary>
        public int Others => others;

        public void Dispose() => Interlocked.Decrement(ref disk._underWay);
    }

    /// <summary>What speaks for one way, beside the time it takes.</summary>
    private sealed class Preference(WritePath first, double priceOfCached, int choicesPerProbe)
    {
        private readonly WritePath _second = first == WritePath.Cached ? WritePath.Direct : WritePath.Cached;
        private int _choices;

        // Seconds by way, for one user; null for one that was not measured yet.
        public WritePath Next(double?[] secondsPerByte, int usersOfDevice)
        {
            _choices++;
            if (secondsPerByte[(int)first] is null)
            {
                return first;
            }

            if (secondsPerByte[(int)_second] is null)
            {
                return _second;
            }

            bool isProbe = _choices % choicesPerProbe == 0;
            double? cached = priceOfCached * secondsPerByte[(int)WritePath.Cached];
            double? direct = usersOfDevice * secondsPerByte[(int)WritePath.Direct];
            return direct < cached != isProbe ? WritePath.Direct : WritePath.Cached;
        }
    }

    private sealed record LastDirectory(string Path, WritePathChoice Choice);
}
