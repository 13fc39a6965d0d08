using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>
/// Where the time of one thread goes while it waits: each moment counts once, for the innermost wait.
/// </summary>
/// <remarks>
/// So the waits never add up to more than the thread's life, and the rest of it is work. Ownership: whoever attaches it
/// to a thread detaches it there. Threading: written by the thread it is attached to, without atomics; read by anybody,
/// who reads again when a wait began or ended meanwhile. Processors' clocks may differ a little: no time is counted
/// before the latest that a reader was told.
/// </remarks>
public sealed class WaitClock
{
    /// <summary>How many kinds of waits there are.</summary>
    public static readonly int KindCount = Enum.GetValues<WaitKind>().Length;

    private const int Working = -1;

    [ThreadStatic]
    private static WaitClock? t_current;

    private readonly TimeProvider _time;
    private readonly long[] _ticks = new long[KindCount];

    // The latest moment that a reader counted up to.
    private long _seen;
    private long _started;
    private long _ended;
    private long _since;
    private int _kind = Working;

    // Odd while the fields above are written.
    private int _version;

    /// <param name="time">Tells the time; null is the system's.</param>
    public WaitClock(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Begins to count the waits of the calling thread; it waits for nothing now.</summary>
    public void Attach()
    {
        Debug.Assert(t_current is null, "A thread has one clock.");
        _started = _time.GetTimestamp();
        t_current = this;
    }

    /// <summary>Ends what <see cref="Attach"/> began, on the same thread; the clock stands still from now on.</summary>
    public void Detach()
    {
        Debug.Assert(t_current == this, "A thread detaches the clock that it attached.");
        t_current = null;
        _ended = BeginChange();
        EndChange();
    }

    /// <summary>
    /// The calling thread waits from now until the result is disposed; a thread without a clock is not counted.
    /// </summary>
    public static Wait Begin(WaitKind kind)
    {
        WaitClock? clock = t_current;
        return clock is null ? default : new Wait(clock, clock.Turn((int)kind));
    }

    /// <summary>All that has passed so far, the wait at hand included.</summary>
    public WaitTotals Read()
    {
        long[] waits = new long[KindCount];
        SpinWait spin = default;
        while (true)
        {
            int version = Volatile.Read(ref _version);
            long started = Volatile.Read(ref _started);
            long ended = Volatile.Read(ref _ended);
            long now = ended != 0 ? ended : See();
            for (int kind = 0; kind < KindCount; kind++)
            {
                waits[kind] = Volatile.Read(ref _ticks[kind]);
            }

            int open = Volatile.Read(ref _kind);
            if (open != Working)
            {
                waits[open] += now - Math.Min(Volatile.Read(ref _since), now);
            }

            Thread.MemoryBarrier();
            if (version % 2 == 0 && version == Volatile.Read(ref _version))
            {
                long elapsed = started == 0 ? 0 : now - started;
                return new WaitTotals(
                    TimeOf(elapsed), TimeOf(elapsed - waits.Sum()), [.. waits.Select(TimeOf)]);
            }

            spin.SpinOnce();
        }
    }

    private TimeSpan TimeOf(long ticks) => _time.GetElapsedTime(0, ticks);

    // The time, and that a reader counts up to it.
    private long See()
    {
        long now = _time.GetTimestamp();
        long seen = Volatile.Read(ref _seen);
        while (seen < now)
        {
            long before = Interlocked.CompareExchange(ref _seen, now, seen);
            if (before == seen)
            {
                return now;
            }

            seen = before;
        }

        return seen;
    }

    // Ends the wait at hand, if any, and begins another, or work. Returns what was going on.
    private int Turn(int kind)
    {
        int before = _kind;
        long now = BeginChange();
        if (before != Working)
        {
            _ticks[before] += now - _since;
        }

        _since = now;
        _kind = kind;
        EndChange();
        return before;
    }

    // Returns the time, which is taken after that: whoever reads what was before counts up to an earlier one, or to one
    // that is known here.
    private long BeginChange()
    {
        Volatile.Write(ref _version, _version + 1);
        Thread.MemoryBarrier();
        return Math.Max(_time.GetTimestamp(), Volatile.Read(ref _seen));
    }

    private void EndChange() => Volatile.Write(ref _version, _version + 1);

    /// <summary>One wait; disposed when it is over, in the reverse order of beginning.</summary>
    public readonly ref struct Wait
    {
        private readonly WaitClock? _clock;
        private readonly int _before;

        internal Wait(WaitClock clock, int before)
        {
            _clock = clock;
            _before = before;
        }

        public void Dispose() => _clock?.Turn(_before);
    }
}

/// <summary>How long a thread was at work, and what it waited for.</summary>
/// <remarks>Each grows from one reading to the next; what is left of a difference of rounded times might not.</remarks>
/// <param name="Elapsed">In all.</param>
/// <param name="Working">At work.</param>
/// <param name="Waits">By <see cref="WaitKind"/>; together no more than <paramref name="Elapsed"/>.</param>
public readonly record struct WaitTotals(TimeSpan Elapsed, TimeSpan Working, IReadOnlyList<TimeSpan> Waits)
{
    /// <summary>Time spent waiting for that.</summary>
    public TimeSpan Of(WaitKind kind) => Waits[(int)kind];
}
