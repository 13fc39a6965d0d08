using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>One attempt as measurements see it, while it runs and at its end.</summary>
internal sealed class ObservedAttempt(AttemptInput input, TaskProgress progress)
{
    /// <summary>The kind of stage.</summary>
    public string Stage => input.Stage.Name;

    /// <summary>The kind of stage whose outputs it reads; nothing when it reads files.</summary>
    public string Upstream => input.Upstream;

    public TaskProgress Progress => progress;

    private bool ReadsFiles => input.Stage.Input is ReadInput;

    /// <summary>What it has counted.</summary>
    /// <param name="outcome">What it told at its end, if it ended well; else what is seen from outside counts.</param>
    public StageTotals Totals(TaskOutcome? outcome = null)
    {
        AttemptProgress seen = progress.Snapshot;
        WaitTotals clock = progress.Clock.Read();
        WaitTimes waits = TaskAttempt.WaitsOf(clock);
        long read = Math.Max(seen.Bytes, outcome?.BytesIn ?? 0);
        bool commits = input.Stage.Output is SinkOutput;
        return new StageTotals
        {
            InBytes = ReadsFiles ? read : 0,
            ShuffledBytes = ReadsFiles ? 0 : read,
            SpilledBytes = Math.Max(seen.SpilledBytes, outcome?.SpilledBytes ?? 0),
            OutBytes = commits ? outcome?.BytesOut ?? 0 : 0,
            InRecords = ReadsFiles ? outcome?.RecordsIn ?? 0 : 0,
            ShuffledRecords = ReadsFiles ? 0 : outcome?.RecordsIn ?? 0,
            OutRecords = commits ? outcome?.RecordsOut ?? 0 : 0,
            Spills = outcome?.Spills ?? 0,
            MergePasses = outcome?.MergePasses ?? 0,
            RewrittenBytes = outcome?.RewrittenBytes ?? 0,
            Elapsed = clock.Elapsed,
            Busy = clock.Working,
            Idle = TimeSpan.FromSeconds(waits.Idle()),
            BackPressured = TimeSpan.FromSeconds(waits.BackPressured()),
        };
    }
}

/// <summary>Credits and backlog between two kinds of stages on two silos.</summary>
/// <param name="Stage">The consumers'.</param>
/// <param name="Upstream">The producers'.</param>
/// <param name="Silo">The consumers'.</param>
/// <param name="Peer">The producers'.</param>
internal readonly record struct ChannelPair(string Stage, string Upstream, string Silo, string Peer);

/// <summary>Room and size of one disk.</summary>
/// <param name="Directory">A spill directory on it.</param>
/// <param name="FreeBytes">What may still be written.</param>
/// <param name="TotalBytes">Its size.</param>
internal readonly record struct DiskRoom(string Directory, long FreeBytes, long TotalBytes)
{
    /// <summary>The disks of spill directories, each once.</summary>
    public static IReadOnlyList<DiskRoom> Of(SpillDirectories? directories) => directories is null
        ? []
        : [.. directories.All.SelectMany(Of)];

    private static DiskRoom[] Of(SpillDirectory directory)
    {
        try
        {
            return [new DiskRoom(directory.Root, directory.FreeBytes, directory.TotalBytes)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was removed since, or its disk is gone: there is no room to tell of.
            return [];
        }
    }
}
