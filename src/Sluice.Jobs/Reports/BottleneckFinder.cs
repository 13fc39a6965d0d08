using System.Globalization;

namespace Sluice.Jobs;

/// <summary>Names what kept a job from being faster, from the numbers of its stages alone.</summary>
/// <remarks>
/// It looks at the stage that took the longest. What only some tasks suffer from comes first, because more of anything
/// for all of them would not help: one hot partition, one slow silo. Then comes what the tasks waited for most, when it
/// is a quarter of their time; then work itself. Short jobs have no bottleneck that is worth a name.
/// </remarks>
public static class BottleneckFinder
{
    // Below this the start of threads and processes is most of what is measured.
    private const double ShortestStage = 0.05;

    private const double HotSkew = 2;
    private const double HotShareOfStage = 0.5;
    private const double SlowRate = 0.6;
    private const int FewestTasksToCompare = 2;
    private const double MuchWaiting = 25;
    private const double MuchWork = 60;
    private const double ManyRewrites = 0.5;
    private const double MostlyDisk = 0.5;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>What stands out.</summary>
    /// <param name="stages">As a report has them; those that only sample do not count.</param>
    public static Bottleneck Find(IReadOnlyList<StageReport> stages)
    {
        StageReport? slowest = stages.Where(stage => stage.Times.Tasks > 0).MaxBy(stage => stage.Seconds);
        if (slowest is null || slowest.Seconds < ShortestStage)
        {
            return Nothing(slowest);
        }

        return HotPartition(slowest) ?? SlowSilo(slowest) ?? Waiting(slowest) ?? Work(slowest) ?? Nothing(slowest);
    }

    private static Bottleneck? HotPartition(StageReport stage)
    {
        if (stage.Tasks < FewestTasksToCompare || stage.Skew < HotSkew || stage.Longest is not LongestTask longest
            || longest.Seconds < HotShareOfStage * stage.Seconds)
        {
            return null;
        }

        double average = stage.Times.Tasks / stage.Tasks;
        double records = (double)stage.RecordsIn / stage.Tasks;
        double share = records == 0 ? 0 : longest.RecordsIn / records;

        // A task that is long without having more to do has another reason.
        return share < HotSkew
            ? null
            : Named(
                BottleneckKind.HotPartition,
                string.Create(
                    Plain,
                    $"{Name(stage)} waits for one hot partition: task {longest.Task} read {share:F1} times the " +
                    $"records of the " +
                    $"average task and took {longest.Seconds:F1} of the stage's {stage.Seconds:F1} s, the average " +
                    $"task {average:F1} s."),
                ("stage", stage.Id),
                ("task", longest.Task),
                ("skew", share),
                ("taskSeconds", longest.Seconds),
                ("averageTaskSeconds", average),
                ("stageSeconds", stage.Seconds));
    }

    private static Bottleneck? SlowSilo(StageReport stage)
    {
        SiloShare[] silos = [.. stage.Silos.Where(silo => silo.Seconds > 0 && silo.RecordsIn > 0)];
        if (silos.Length < 2)
        {
            return null;
        }

        SiloShare slow = silos.MinBy(RateOf)!;
        SiloShare[] others = [.. silos.Where(silo => silo != slow)];
        double rest = others.Sum(silo => silo.RecordsIn) / others.Sum(silo => silo.Seconds);
        double ratio = RateOf(slow) / rest;

        // A silo that did next to nothing held nobody up.
        double share = slow.Seconds / silos.Sum(silo => silo.Seconds);
        return ratio > SlowRate || share < 0.5 / silos.Length
            ? null
            : Named(
                BottleneckKind.SlowSilo,
                string.Create(
                    Plain,
                    $"{Name(stage)} waits for one slow silo: {slow.Silo} did {RateOf(slow):F0} records a second " +
                    $"in each task, " +
                    $"{100 * ratio:F0} % of the {rest:F0} that the other {Count(others.Length, "silo")} did."),
                ("stage", stage.Id),
                ("recordsPerSecond", RateOf(slow)),
                ("otherRecordsPerSecond", rest),
                ("ratioPercent", 100 * ratio));
    }

    private static Bottleneck? Waiting(StageReport stage)
    {
        double tasks = stage.Times.Tasks;
        WaitTimes waits = stage.Waits;
        double spillerDisk = SpillerDiskShare(stage);
        double ofSpiller = waits.Spill * spillerDisk;
        double disk = waits.Input + waits.SpillRead + waits.Output + ofSpiller;
        double most = Math.Max(disk, Math.Max(waits.Fetch, waits.Memory));
        BottleneckKind kind = most == disk ? BottleneckKind.Disk
            : most == waits.Fetch ? BottleneckKind.Network
            : BottleneckKind.Memory;
        double percent = 100 * most / tasks;
        if (percent < MuchWaiting)
        {
            return Rewrites(stage);
        }

        // Passes write and read again what a larger memory would have merged at once.
        return kind switch
        {
            BottleneckKind.Disk => Rewrites(stage) ?? Named(
                kind,
                string.Create(
                    Plain,
                    $"{Name(stage)} waits for disks: {percent:F0} % of its tasks' time, for reading inputs " +
                    $"{Share(waits.Input, tasks)}, " +
                    $"reading spill files {Share(waits.SpillRead, tasks)}, writing them {Share(ofSpiller, tasks)} " +
                    $"and writing parts {Share(waits.Output, tasks)}."),
                ("stage", stage.Id),
                ("percent", percent),
                ("inputSeconds", waits.Input),
                ("spillReadSeconds", waits.SpillRead),
                ("spillWriteSeconds", ofSpiller),
                ("outputSeconds", waits.Output),
                ("taskSeconds", tasks)),
            BottleneckKind.Network => Named(
                kind,
                string.Create(
                    Plain,
                    $"{Name(stage)} waits for the network: {percent:F0} % of its tasks' time went by until blocks " +
                    $"came from other silos."),
                ("stage", stage.Id),
                ("percent", percent),
                ("fetchSeconds", waits.Fetch),
                ("taskSeconds", tasks)),
            _ => Named(
                kind,
                string.Create(
                    Plain,
                    $"{Name(stage)} waits for memory: {percent:F0} % of its tasks' time went by until segments " +
                    $"came free; give the job more, or run fewer tasks at once."),
                ("stage", stage.Id),
                ("percent", percent),
                ("memorySeconds", waits.Memory),
                ("taskSeconds", tasks)),
        };
    }

    private static Bottleneck? Rewrites(StageReport stage)
    {
        double written = stage.SpilledBytes - stage.RewrittenBytes;
        double passes = stage.Times.MergePasses;
        return stage.MergePasses == 0 || stage.RewrittenBytes < ManyRewrites * Math.Max(written, 1)
            || 100 * passes / stage.Times.Tasks < MuchWaiting
            ? null
            : Named(
                BottleneckKind.Memory,
                string.Create(
                    Plain,
                    $"{Name(stage)} has too little memory: " +
                    $"{Count(stage.MergePasses, "merge pass")} wrote " +
                    $"{stage.RewrittenBytes / 1e6:F0} MB again " +
                    $"and took {100 * passes / stage.Times.Tasks:F0} % of its tasks' time."),
                ("stage", stage.Id),
                ("mergePasses", stage.MergePasses),
                ("rewrittenBytes", stage.RewrittenBytes),
                ("mergePassSeconds", passes),
                ("taskSeconds", stage.Times.Tasks));
    }

    private static Bottleneck? Work(StageReport stage)
    {
        // A full ring that waits for a spiller at work waits for a processor too.
        double sorting = stage.Waits.Spill * (1 - SpillerDiskShare(stage));
        double busy = stage.Times.Tasks - stage.Waits.Idle() - stage.Waits.BackPressured() + sorting;
        double percent = 100 * busy / stage.Times.Tasks;
        string spilling = sorting > 0.05 * busy
            ? $", {Share(sorting, stage.Times.Tasks)} of it sorting and spilling"
            : "";
        return percent < MuchWork
            ? null
            : Named(
                BottleneckKind.Cpu,
                string.Create(
                    Plain,
                    $"{Name(stage)} is bound by processors: its tasks were at work {percent:F0} % of their time" +
                    $"{spilling}; more slots on more cores would make it faster."),
                ("stage", stage.Id),
                ("percent", percent),
                ("busySeconds", busy),
                ("taskSeconds", stage.Times.Tasks));
    }

    private static Bottleneck Nothing(StageReport? slowest) => slowest is null
        ? new Bottleneck(
            BottleneckKind.None,
            "Nothing stands out: no task has ended that worked for long.",
            new Dictionary<string, double>())
        : Named(
            BottleneckKind.None,
            string.Create(
                Plain,
                $"Nothing stands out: {Lower(Name(slowest))} took the longest with {slowest.Seconds:F1} s; its " +
                $"tasks were busy {slowest.Shares.Busy:F0} %, " +
                $"back-pressured {slowest.Shares.BackPressured:F0} % and idle {slowest.Shares.Idle:F0} % of their " +
                $"time."),
            ("stage", slowest.Id),
            ("stageSeconds", slowest.Seconds),
            ("busyPercent", slowest.Shares.Busy),
            ("backPressuredPercent", slowest.Shares.BackPressured),
            ("idlePercent", slowest.Shares.Idle));

    /// <summary>How much of the spillers' time went into writes, 0 to 1; the rest of it was sorting.</summary>
    private static double SpillerDiskShare(StageReport stage)
    {
        double spiller = stage.Times.Sort + stage.Times.Spill;
        double share = spiller <= 0 ? 1 : Math.Clamp(stage.SpillWriteSeconds / spiller, 0, 1);
        return share >= MostlyDisk || spiller <= 0 ? 1 : 0;
    }

    private static double RateOf(SiloShare silo) => silo.RecordsIn / silo.Seconds;

    private static string Name(StageReport stage) => string.Create(Plain, $"Stage {stage.Id} ({stage.Name})");

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];

    private static string Share(double part, double whole) =>
        string.Create(Plain, $"{100 * part / whole:F0} %");

    private static string Count(int count, string one) =>
        string.Create(Plain, $"{count} {Plural.Of(count, one)}");

    private static Bottleneck Named(
        BottleneckKind kind, string sentence, params ReadOnlySpan<(string Name, double Value)> evidence)
    {
        Dictionary<string, double> rounded = [];
        foreach ((string name, double value) in evidence)
        {
            rounded.Add(name, Math.Round(value, 3));
        }

        return new Bottleneck(kind, sentence, rounded);
    }
}
