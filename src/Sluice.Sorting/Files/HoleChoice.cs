using System.Collections.Concurrent;

namespace Sluice.Sorting;

/// <summary>Tells whether the room of a stretch is given back at once, or only when the disk needs it.</summary>
/// <remarks>
/// What a hole costs depends on file system and kernel. Ext4 since Linux 6.14, and file systems in memory, drop the
/// cached pages of a hole, and never write them. XFS, Btrfs and older kernels write them to the device first and wait
/// for it: a device's time for bytes that nobody wants any more. Deleting a whole file costs that nowhere. So where
/// holes turn out to wait for longer than they work, they are put off until the file is deleted, unless room is short
/// by then. How long a hole takes does not tell that, for processors may be busy; whether its thread slept does. All
/// files of one disk share what was found. Threading: any thread.
/// </remarks>
internal sealed class HoleChoice
{
    private const int Remembered = 16;

    // One that waits by chance, for the file system's journal say, tells nothing.
    private const int FewestWaits = 2;
    private const int PutOffsPerProbe = 64;
    private const double ShortOfRoom = 0.25;

    private readonly Func<double> _freeShare;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<FileRoom, bool> _owing = new();

    // Under _gate: the newest holes, and how many there were.
    private readonly (TimeSpan Time, bool HasWaited)[] _last = new (TimeSpan, bool)[Remembered];
    private int _count;
    private int _putOffs;

    /// <param name="freeShare">The share of the disk's room that is free at the moment.</param>
    public HoleChoice(Func<double> freeShare)
    {
        _freeShare = freeShare;
    }

    /// <summary>Whether so little room is left that a hole is worth any time.</summary>
    public bool IsRoomShort => _freeShare() < ShortOfRoom;

    /// <summary>Whether the next hole in unwritten pages should be made; some are where it seems not to be worth it, to
    /// see whether that is still so.</summary>
    public bool IsWorthwhile()
    {
        lock (_gate)
        {
            return !WaitsMostly() || ++_putOffs % PutOffsPerProbe == 0;
        }
    }

    /// <summary>A hole in unwritten pages took <paramref name="time"/>.</summary>
    /// <param name="time">All of it.</param>
    /// <param name="hasWaited">Whether its thread slept meanwhile.</param>
    public void Took(TimeSpan time, bool hasWaited)
    {
        lock (_gate)
        {
            _last[_count++ % Remembered] = (time, hasWaited);
        }
    }

    /// <summary>A file has put holes off.</summary>
    public void Owes(FileRoom file) => _owing[file] = true;

    /// <summary>A file is gone, with all its room.</summary>
    public void Forget(FileRoom file) => _owing.TryRemove(file, out _);

    /// <summary>Makes the holes that were put off.</summary>
    /// <returns>Whether there were any.</returns>
    public bool GiveBack()
    {
        bool hasGiven = false;
        foreach (FileRoom file in _owing.Keys)
        {
            hasGiven |= _owing.TryRemove(file, out _) && file.GiveBackPutOff();
        }

        return hasGiven;
    }

    private bool WaitsMostly()
    {
        int waits = 0;
        TimeSpan waited = TimeSpan.Zero;
        TimeSpan worked = TimeSpan.Zero;
        foreach ((TimeSpan time, bool hasWaited) in _last.AsSpan(0, Math.Min(_count, Remembered)))
        {
            waits += hasWaited ? 1 : 0;
            waited += hasWaited ? time : TimeSpan.Zero;
            worked += hasWaited ? TimeSpan.Zero : time;
        }

        return waits >= FewestWaits && waited > worked;
    }
}
