using System.Diagnostics;

namespace Sluice.Sorting;

/// <summary>What was written to spill files and read from them, and how long the calls took.</summary>
/// <remarks>Counted once for each call of the operating system. Threading: any thread.</remarks>
public sealed class SpillTraffic
{
    private readonly SpillTraffic? _all;
    private long _writtenBytes;
    private long _writeTicks;
    private long _readBytes;
    private long _readTicks;

    /// <param name="all">Counts the same, for more than this; null for nothing more.</param>
    public SpillTraffic(SpillTraffic? all = null)
    {
        _all = all;
    }

    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    public long ReadBytes => Volatile.Read(ref _readBytes);

    /// <summary>Time in writes, over all threads.</summary>
    public TimeSpan WriteTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _writeTicks));

    /// <summary>Time in reads, over all threads.</summary>
    public TimeSpan ReadTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _readTicks));

    internal void Wrote(long bytes, long ticks)
    {
        Interlocked.Add(ref _writtenBytes, bytes);
        Interlocked.Add(ref _writeTicks, ticks);
        _all?.Wrote(bytes, ticks);
    }

    internal void DidRead(long bytes, long ticks)
    {
        Interlocked.Add(ref _readBytes, bytes);
        Interlocked.Add(ref _readTicks, ticks);
        _all?.DidRead(bytes, ticks);
    }
}
