using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>
/// A few segments that one share has given back, or has had put by for it, where a thread finds them without the
/// pool's lock.
/// </summary>
/// <remarks>
/// The ledger counts what lies here as lent to the share, until the magazine is closed and emptied.
/// Whoever finds the door open makes it busy for a handful of instructions; nobody waits, calls or allocates meanwhile.
/// Only a thread with the pool's lock opens and closes it, and only such a thread uses a closed one.
/// <code>
///          take, put                close (with the pool's lock)
///  busy &lt;-----------&gt; open ---------------------------------------&gt; closed
///                       ^                                             |
///                       +----------- open (with the pool's lock) -----+
/// </code>
/// </remarks>
internal sealed class Magazine
{
    public const int Capacity = 32;
    public const int LargestBatch = Capacity / 2;

    private const int Open = 0;
    private const int Busy = 1;
    private const int Closed = 2;

    private int _door = Closed;
    private int _count;
    private int _batch;
    private Numbers _numbers;

    /// <summary>Whether it may be open; guarded by the pool's lock.</summary>
    public bool IsClosed => Volatile.Read(ref _door) == Closed;

    /// <summary>How many segments lie here; exact when it is closed.</summary>
    public int Count => _count;

    /// <summary>Takes the segment put in last.</summary>
    /// <returns>False when it is empty, closed, or just used by another thread.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out int segment)
    {
        if (Interlocked.CompareExchange(ref _door, Busy, Open) != Open)
        {
            segment = -1;
            return false;
        }

        int count = _count - 1;
        segment = count >= 0 ? _numbers[count] : -1;
        _count = Math.Max(0, count);
        Volatile.Write(ref _door, Open);
        return count >= 0;
    }

    /// <returns>False when it is full, closed, or just used by another thread.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPut(int segment)
    {
        if (Interlocked.CompareExchange(ref _door, Busy, Open) != Open)
        {
            return false;
        }

        int count = _count;
        bool hasRoom = count < Capacity;
        if (hasRoom)
        {
            _numbers[count] = segment;
            _count = count + 1;
        }

        Volatile.Write(ref _door, Open);
        return hasRoom;
    }

    /// <summary>Keeps everybody else out, once who is inside has left.</summary>
    public void Close()
    {
        SpinWait wait = default;
        while (Interlocked.CompareExchange(ref _door, Closed, Open) == Busy)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    public void Reopen()
    {
        Debug.Assert(_door == Closed, "Only a closed magazine is opened.");
        Volatile.Write(ref _door, Open);
    }

    /// <summary>How many segments to put by: none at first, then twice as many each time.</summary>
    public int NextBatch()
    {
        int batch = _batch;
        _batch = Math.Min(Math.Max(1, 2 * batch), LargestBatch);
        return Math.Min(batch, Capacity - _count);
    }

    /// <summary>Puts segments in so that the first of them is taken first.</summary>
    public void Load(ReadOnlySpan<int> segments)
    {
        Debug.Assert(_door == Closed, "Only a closed magazine is loaded.");
        Debug.Assert(_count + segments.Length <= Capacity, "There is room for all.");
        for (int i = segments.Length - 1; i >= 0; i--)
        {
            _numbers[_count++] = segments[i];
        }
    }

    /// <summary>Takes the segments out that have lain here longest, in that order.</summary>
    /// <returns>How many.</returns>
    public int Unload(Span<int> segments)
    {
        Debug.Assert(_door == Closed, "Only a closed magazine is unloaded.");
        Span<int> all = _numbers;
        int count = Math.Min(segments.Length, _count);
        all[..count].CopyTo(segments);
        all[count.._count].CopyTo(all);
        _count -= count;
        return count;
    }

    /// <summary>What was put by was wanted elsewhere: puts by less next time.</summary>
    public void Restrain() => _batch /= 2;

    [InlineArray(Capacity)]
    private struct Numbers
    {
        private int _first;
    }
}
