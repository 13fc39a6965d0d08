using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>How large a ring a task makes good use of.</summary>
/// <remarks>
/// A ring is smaller than memory would allow: a fill that fits the processor's cache is sorted and gathered in half the
/// time, is sorted while the next one is collected, and leaves memory for runs, which take less of it than records in a
/// ring do. More runs cost the merge little, up to some hundred; but the fewer there are, the more of one is read at
/// once from a file.
/// </remarks>
internal static class RingLimit
{
    private const int MostRuns = 128;
    private const int SegmentsPerRun = 8;
    private const long SmallestFill = 16L << 20;

    // A fill's share of its ring: what the collector goes on in while it is spilled, entries and positions are the
    // rest.
    private const int RingPerFill = 2;

    // Output that fits this share of memory stays in it, if the ring leaves it that much: it does where that does not
    // make too many runs.
    private const double ShareOfRuns = 0.6;

    /// <summary>Segments of the ring, at the least what a ring works with.</summary>
    /// <param name="taskBytes">Bytes the task reads; 0 when nobody knows.</param>
    /// <param name="tasks">Tasks of the stage, each with about as many.</param>
    /// <param name="waves">Tasks that run in a slot, one after the other.</param>
    /// <param name="segments">What the task's pool grants.</param>
    /// <param name="segmentSize">Bytes of one segment.</param>
    public static int Segments(long taskBytes, int tasks, int waves, int segments, int segmentSize)
    {
        if (taskBytes == 0)
        {
            return int.MaxValue;
        }

        // A consumer has as many segments; with a few for each run it merges all of them at once.
        long runs = Math.Clamp(segments / SegmentsPerRun, 2, MostRuns);
        long fill = Math.Max(SmallestFill, taskBytes * tasks / runs);
        double ring = (double)RingPerFill * fill / segmentSize;
        double beside = Math.Min(ring, segments * (1 - ShareOfRuns));
        double fills = Math.Ceiling(RingPerFill * taskBytes / (beside * segmentSize));
        bool fits = (double)taskBytes * waves <= (double)segments * segmentSize * ShareOfRuns;
        return (int)Math.Clamp(
            fits && fills * tasks <= runs ? beside : ring, MapOutputOptions.MinimumSegments, int.MaxValue);
    }
}
