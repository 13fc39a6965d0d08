namespace Sluice.Jobs;

/// <summary>Where the time of tasks went, seconds; those of a stage are the sums over its tasks.</summary>
/// <param name="Tasks">From start to end. Sorting and spilling run beside the task, the rest is part of this.</param>
/// <param name="Collect">From the first item to the last: reading, operators, collecting, and the waits among
/// them.</param>
/// <param name="Sort">Sorting entries before they are spilled or kept.</param>
/// <param name="Spill">Gathering, combining and writing runs.</param>
/// <param name="Blocked">The collector waited for the spiller, because the ring was full.</param>
/// <param name="FetchWait">The consumer waited for blocks.</param>
/// <param name="MergePasses">Merging runs into fewer, before the last merge or before the output is served.</param>
/// <param name="OutputWait">The consumer waited for the output's disk.</param>
public sealed record PhaseTimes(
    double Tasks,
    double Collect,
    double Sort,
    double Spill,
    double Blocked,
    double FetchWait,
    double MergePasses,
    double OutputWait)
{
    /// <summary>No time at all.</summary>
    public static PhaseTimes Zero { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    public static PhaseTimes operator +(PhaseTimes left, PhaseTimes right) => new(
        left.Tasks + right.Tasks,
        left.Collect + right.Collect,
        left.Sort + right.Sort,
        left.Spill + right.Spill,
        left.Blocked + right.Blocked,
        left.FetchWait + right.FetchWait,
        left.MergePasses + right.MergePasses,
        left.OutputWait + right.OutputWait);

    /// <summary>The same, to the millisecond.</summary>
    public PhaseTimes Rounded() => new(
        Math.Round(Tasks, 3),
        Math.Round(Collect, 3),
        Math.Round(Sort, 3),
        Math.Round(Spill, 3),
        Math.Round(Blocked, 3),
        Math.Round(FetchWait, 3),
        Math.Round(MergePasses, 3),
        Math.Round(OutputWait, 3));
}
