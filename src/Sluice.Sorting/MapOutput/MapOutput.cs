namespace Sluice.Sorting;

/// <summary>What one map attempt made: its runs, and the certificate's sums over what was written to them.</summary>
/// <param name="Runs">Sorted runs; each has every partition.</param>
/// <param name="Sums">Per partition, over all runs, after the last combine.</param>
/// <param name="Counters">Where time and bytes went.</param>
public sealed record MapOutput(IReadOnlyList<SortedRun> Runs, RecordSum[] Sums, MapOutputCounters Counters);

/// <summary>What happened in a map output buffer.</summary>
/// <param name="Records">Records collected.</param>
/// <param name="Bytes">Their keys and values.</param>
/// <param name="Spills">Runs written to files.</param>
/// <param name="SpilledBytes">Bytes of those files.</param>
/// <param name="SortTime">Time spent sorting.</param>
/// <param name="SpillTime">Time spent writing runs.</param>
/// <param name="BlockedTime">Time the collector waited for the spiller.</param>
public sealed record MapOutputCounters(
    long Records,
    long Bytes,
    int Spills,
    long SpilledBytes,
    TimeSpan SortTime,
    TimeSpan SpillTime,
    TimeSpan BlockedTime);

/// <summary>A record is longer than the task's memory allows.</summary>
public sealed class RecordTooLargeException : Exception
{
    /// <param name="length">Bytes of the record.</param>
    /// <param name="limit">The longest the task can take.</param>
    public RecordTooLargeException(long length, long limit)
        : base($"A record of {length} bytes is longer than the {limit} bytes that half of the task's memory allows.")
    {
        Length = length;
        Limit = limit;
    }

    /// <summary>Bytes of the record.</summary>
    public long Length { get; }

    /// <summary>The longest the task can take, bytes.</summary>
    public long Limit { get; }
}
