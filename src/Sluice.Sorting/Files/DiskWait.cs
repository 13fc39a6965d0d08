using System.Diagnostics;
using Sluice.Observability;

namespace Sluice.Sorting;

/// <summary>Waits for room when a disk is full, so that hours of work are not lost for a few bytes.</summary>
/// <remarks>Threading: any threads; each that meets a full disk waits for itself.</remarks>
public sealed class DiskWait
{
    // errno ENOSPC and EDQUOT on Linux; ERROR_DISK_FULL on Windows.
    private static readonly int[] FullCodes = [28, 122, unchecked((int)0x80070070)];

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly List<DiskPause> _pauses = [];
    private TimeSpan _waited;

    /// <param name="limit">How long one write waits at the most; zero fails at once.</param>
    /// <param name="time">Measures the wait; null is the system's.</param>
    public DiskWait(TimeSpan limit, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        Limit = limit;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Fails at once.</summary>
    public static DiskWait None { get; } = new(TimeSpan.Zero);

    /// <summary>How long one write waits at the most.</summary>
    public TimeSpan Limit { get; }

    /// <summary>What is waited for now, the longest wait first; null when nobody waits.</summary>
    public DiskPause? Current
    {
        get
        {
            lock (_gate)
            {
                return _pauses.Count == 0
                    ? null
                    : _pauses[0] with { Left = Limit - _time.GetElapsedTime(_pauses[0].Since) };
            }
        }
    }

    /// <summary>Time spent waiting so far, over all threads that waited.</summary>
    public TimeSpan Waited
    {
        get
        {
            lock (_gate)
            {
                return _waited;
            }
        }
    }

    /// <summary>Whether <paramref name="exception"/> says that a disk, or a user's share of it, is full.</summary>
    public static bool IsFull(IOException exception) => FullCodes.Contains(exception.HResult);

    /// <summary>Runs <paramref name="write"/> again and again until there is room for it.</summary>
    /// <param name="path">Where it writes, for people.</param>
    /// <param name="write">May be run several times.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">There was no room in time, or it failed otherwise.</exception>
    public void Run(string path, Action write, CancellationToken cancellation)
    {
        try
        {
            write();
        }
        catch (IOException exception) when (IsFull(exception))
        {
            // Room that was not worth its time before now is.
            if (!WritePathChoice.GiveBack() && Limit == TimeSpan.Zero)
            {
                throw;
            }

            RunWhenThereIsRoom(path, write, cancellation);
        }
    }

    private void RunWhenThereIsRoom(string path, Action write, CancellationToken cancellation)
    {
        using Activity? span = TaskSpans.Begin(SpanNames.DiskPause);
        span?.SetTag(AttributeNames.Path, path);
        DiskPause pause = new(path, _time.GetTimestamp(), Limit);
        lock (_gate)
        {
            _pauses.Add(pause);
        }

        try
        {
            GrowingWait next = new(ShortestInterval, LongestInterval);
            while (true)
            {
                next.Wait(cancellation);
                try
                {
                    write();
                    return;
                }
                catch (IOException exception) when (IsFull(exception) && _time.GetElapsedTime(pause.Since) < Limit)
                {
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _pauses.Remove(pause);
                _waited += _time.GetElapsedTime(pause.Since);
            }
        }
    }
}

/// <summary>One write that waits for room.</summary>
/// <param name="Path">Where.</param>
/// <param name="Since">Timestamp of its start.</param>
/// <param name="Left">How much longer it waits.</param>
public sealed record DiskPause(string Path, long Since, TimeSpan Left)
{
    /// <summary>What is waited for, a sentence.</summary>
    /// <param name="where">The machine, as people call it; null where there is only one.</param>
    public string Describe(string? where = null) =>
        $"the disk of {Path}{(where is null ? "" : $" on {where}")} is full; waiting for room";
}
