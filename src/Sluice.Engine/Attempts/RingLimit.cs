using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>How large a ring a task makes good use of.</summary>
/// <remarks>
/// Output that fits the task's memory stays there, so its ring may take all. Output that must be spilled is spilled in
/// more and smaller runs than memory would allow: a fill that fits the processor's cache is sorted and gathered in half
/// the time, and memory that is not touched need not be given by the kernel. More runs cost the merge little, up to some
/// hundred; but the fewer there are, the more of one is read at once.
/// </remarks>
internal static class RingLimit
{
    private const int MostRuns = 128;
    private const int SegmentsPerRun = 8;
    private const long SmallestFill = 16L << 20;

    // A fill's share of its ring: what the collector goes on in while it is spilled, entries and positions are the rest.
    private const int RingPerFill = 2;

    /// <summary>Segments of the ring, at the least what a ring works with.</summary>
    /// <param name="taskBytes">Bytes the task reads.</param>
    /// <param name="tasks">Tasks of the stage, each with about as many.</param>
    /// <param name="segments">What the task's pool grants.</param>
    /// <param name="segmentSize">Bytes of one segment.</param>
    public static int Segments(long taskBytes, int tasks, int segments, int segmentSize)
    {
        long memory = (long)segments * segmentSize;
        if (taskBytes * RingPerFill <= memory)
        {
            return int.MaxValue;
        }

        // A consumer has as many segments; with a few for each run it merges all of them at once.
        long runs = Math.Clamp(segments / SegmentsPerRun, 2, MostRuns);
        long fill = Math.Max(SmallestFill, taskBytes * tasks / runs);
        long ring = RingPerFill * fill / segmentSize;
        return (int)Math.Clamp(ring, MapOutputOptions.MinimumSegments, int.MaxValue);
    }
}
