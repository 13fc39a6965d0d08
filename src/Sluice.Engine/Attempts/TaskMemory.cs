using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>How one task shares out the segments of its pool.</summary>
/// <remarks>
/// <code>
/// total = source or gate + groups + write + codec + ring + table + keep of every wave
/// source 1 to 8 | gate at least 8 | write 1 to 128 (a part: 2 at least) | codec 0 or 1 | ring at least 12
/// table at least 2, half of what the ring could have | keep what the ring makes no use of
/// </code>
/// What a task keeps stays when it has ended, and the next one in its slot has as much for its own. A middle task, with
/// a gate and a shuffle, gives the gate a third. A task that reads groups keeps a quarter, a middle one an eighth, for
/// those that are walked again.
/// </remarks>
/// <param name="Source">To read files into at once; 0 when the task reads a shuffle.</param>
/// <param name="Gate">For fetched blocks and merging; 0 when the task reads files.</param>
/// <param name="Write">To fill before they are written at once, to a spill file or a part.</param>
/// <param name="Ring">For the ring of a map output buffer; 0 when the task writes parts.</param>
/// <param name="Table">For a hash table in front of the ring; 0 without one.</param>
/// <param name="Groups">For the values of a group that is walked again; 0 when the task reads none.</param>
/// <param name="Keep">For runs that stay in memory besides the ring.</param>
internal sealed record TaskMemory(int Source, int Gate, int Write, int Ring, int Table, int Groups, int Keep)
{
    /// <summary>
    /// The least that every kind of task runs with, with some room for records longer than a few segments.
    /// </summary>
    public const int LeastSegments = 32;

    private const int SegmentsPerSource = 128;
    private const int MostSource = 8;
    private const int Codec = 1;
    private const int LeastPart = 2;
    private const int SmallestTable = 2;
    private const int SegmentsPerGroup = 4;
    private const int LeastKept = 4;

    /// <param name="stage">What the task runs.</param>
    /// <param name="segments">What its pool grants.</param>
    /// <param name="ringLimit">Segments that a ring makes good use of.</param>
    /// <param name="waves">Tasks of the stage that run in a slot, one after the other.</param>
    /// <param name="compressed">Whether spilled blocks are compressed.</param>
    public static TaskMemory For(
        StagePlan stage, int segments, int ringLimit = int.MaxValue, int waves = 1, bool compressed = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, LeastSegments);
        int write = MapOutputOptions.WriteSegmentsOf(segments);
        int part = Math.Max(LeastPart, write);
        bool hasGate = stage.Input is ShuffleInput;
        int source = hasGate ? 0 : Math.Clamp(segments / SegmentsPerSource, 1, MostSource);
        bool hasGroups = stage.Input is ShuffleInput { Node.WalksGroups: true };
        if (stage.Output is not ShuffleOutput shuffle)
        {
            int kept = hasGroups ? segments / SegmentsPerGroup : 0;
            return new TaskMemory(source, hasGate ? segments - kept - part : 0, part, 0, 0, kept, 0);
        }

        int gate = hasGate ? Math.Max(InputGateOptions.MinimumCompressed, segments / 3) : 0;
        int groups = hasGroups ? segments / (2 * SegmentsPerGroup) : 0;
        int rest = segments - source - gate - groups - write - (compressed ? Codec : 0);
        int table = shuffle.Node.Folds
            ? Math.Max(SmallestTable, Math.Min(rest / 2, rest - MapOutputOptions.MinimumSegments))
            : 0;
        int ring = Math.Min(rest - table, ringLimit);
        return new TaskMemory(source, gate, write, ring, table, groups, (rest - table - ring) / waves);
    }

    /// <summary>The same for a task that makes so many bytes: it keeps nothing where that would be less than a quarter,
    /// which saves little and takes all memory.</summary>
    public TaskMemory ForOutput(long bytes, int segmentSize) =>
        (long)Keep * segmentSize * LeastKept < bytes ? this with { Keep = 0 } : this;

    /// <summary>What a task needs in all, bytes, to keep that many of one group.</summary>
    public static long NeededForGroup(StagePlan stage, long bytes) =>
        bytes * SegmentsPerGroup * (stage.Output is ShuffleOutput ? 2 : 1);
}
