using System.Diagnostics;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Counts what a job's attempts told, for progress, the report and the last proof.</summary>
/// <remarks>Threading: the job's thread.</remarks>
internal sealed class JobStatistics
{
    private readonly JobPlan _plan;
    private readonly long _inputBytes;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _before;
    private readonly StageCount[] _stages;
    private readonly Dictionary<AttemptId, TaskOutcome> _ended = [];
    private readonly Dictionary<string, long> _reclaimed = new(StringComparer.Ordinal);

    // Found again when another task has ended.
    private Bottleneck? _bottleneck;

    /// <param name="plan">The job's stages.</param>
    /// <param name="inputBytes">Bytes of its inputs.</param>
    /// <param name="before">How long the job has run under another host.</param>
    public JobStatistics(JobPlan plan, long inputBytes, TimeSpan before = default)
    {
        _before = before;
        _plan = plan;
        _inputBytes = inputBytes;
        _stages = [.. plan.Stages.Select(stage => new StageCount(stage.Tasks))];
    }

    /// <summary>Sum over all records of the output.</summary>
    public RecordSum Sink => Winners(_plan.Stages.Count - 1)
        .Aggregate(default(RecordSum), (sum, outcome) => sum + outcome.Sink.GetValueOrDefault());

    /// <summary>An attempt told its outcome; whether it counts, the journal says.</summary>
    public void Ended(AttemptId attempt, TaskOutcome outcome) => _ended[attempt] = outcome;

    /// <summary>Adds to a line of the journal its time, and what its winner counted.</summary>
    public JournalEntry Complete(JournalEntry entry)
    {
        JournalEntry timed = entry with { At = Math.Round(Elapsed.TotalSeconds, 3) };
        return entry is { Kind: "won", Stage: int stage, Task: int task, Attempt: int number }
            ? timed with
            {
                Outcome = _ended.GetValueOrDefault(new AttemptId(new TaskId(new StageId(stage), task), number)),
            }
            : timed;
    }

    /// <summary>Follows who starts, wins and is lost, also in the journal of another host.</summary>
    public void Note(JournalEntry entry)
    {
        if (entry is not { Stage: int number, Task: int task })
        {
            return;
        }

        StageCount stage = _stages[number];
        TimeSpan at = TimeSpan.FromSeconds(entry.At ?? 0);
        switch (entry.Kind)
        {
            case "attempt":
                stage.Attempts++;
                stage.SecondAttempts += entry.Overtakes is null ? 0 : 1;
                stage.FirstStart ??= at;
                break;
            case "won" or "lost":
                stage.Winners[task] = entry is { Kind: "won", Outcome: TaskOutcome outcome }
                    ? new TaskWin(task, entry.Worker ?? "", outcome)
                    : null;
                stage.LastEnd = at;
                _bottleneck = null;
                break;
            default:
                break;
        }
    }

    /// <summary>A worker told how many bytes finished outputs there have moved from memory to files so far.</summary>
    /// <remarks>What is told again or too late changes nothing; what a worker told stays when it is lost.</remarks>
    public void Reclaimed(string worker, long bytes) =>
        _reclaimed[worker] = Math.Max(bytes, _reclaimed.GetValueOrDefault(worker));

    /// <summary>The winners' parts.</summary>
    public IReadOnlyList<PublishedPart> Parts(IReadOnlyList<int> attempts) =>
    [
        .. Winners(_plan.Stages.Count - 1).Select((outcome, part) => new PublishedPart(
            part, attempts[part], outcome.BytesOut, outcome.Sink.GetValueOrDefault())),
    ];

    /// <summary>For a plain sort: whether the records written are the records read.</summary>
    public SluiceError? FindOutputMismatch()
    {
        int last = _plan.Stages.Count - 1;
        StagePlan reduce = _plan.Stages[last];
        if (reduce.Operators.Count > 0 ||
            reduce.Input is not ShuffleInput { Node: OrderBytesNode { Duplicates: Duplicates.Keep } } shuffle ||
            _plan.Stages[shuffle.Stage].Input is not ReadInput)
        {
            return null;
        }

        RecordSum source = Winners(shuffle.Stage)
            .Aggregate(default(RecordSum), (sum, outcome) => sum + outcome.Source.GetValueOrDefault());
        return source == Sink
            ? null
            : SluiceErrors.OutputMismatch("source and output", source.ToString(), Sink.ToString());
    }

    /// <summary>What holds the job up as far as its ended tasks tell; null before one has ended.</summary>
    public Bottleneck? Bottleneck => _bottleneck ??= _stages.All(stage => stage.Done == 0)
        ? null
        : BottleneckFinder.Find([.. Enumerable.Range(0, _stages.Length).Select(StageReportOf)]);

    /// <summary>The skew of each stage that moved records.</summary>
    public IEnumerable<(string Stage, double Skew)> Skews() => Enumerable.Range(0, _stages.Length)
        .Where(stage => _plan.Stages[stage].Output is not SampleOutput)
        .Select(stage => (_plan.Stages[stage].Name, SkewOf(stage)));

    public JobProgress Progress(IEnumerable<AttemptProgress> running)
    {
        int current = Array.FindIndex(_stages, stage => stage.Done < stage.Winners.Length);
        current = current < 0 ? _stages.Length - 1 : current;
        long done = 0;
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            done += Weight(stage) * _stages[stage].Done / Math.Max(1, _stages[stage].Winners.Length);
        }

        long spilled = _stages.Sum(stage => stage.Winners.Sum(win => win?.Outcome.SpilledBytes ?? 0)) + ReclaimedBytes;
        foreach (AttemptProgress task in running)
        {
            done += Weight(current) == 0 ? 0 : task.Bytes;
            spilled += task.SpilledBytes;
        }

        long total = _plan.Stages.Select((_, stage) => Weight(stage)).Sum();
        return new JobProgress(
            _plan.Stages[current].Name,
            _stages[current].Done,
            _stages[current].Winners.Length,
            Math.Min(done, total),
            total,
            spilled,
            Elapsed);
    }

    public JobReport Report(
        JobId id,
        string name,
        ActivityTraceId traceId,
        string output,
        long peakMemoryBytes,
        IReadOnlyList<string> warnings)
    {
        TaskOutcome[] all = [.. Enumerable.Range(0, _stages.Length).SelectMany(Winners)];
        StageReport[] stages = [.. Enumerable.Range(0, _stages.Length).Select(StageReportOf)];
        RecordSum sink = Sink;
        long In(Func<TaskOutcome, long> count) => Enumerable.Range(0, _stages.Length)
            .Where(stage => _plan.Stages[stage] is { Input: ReadInput, Output: not SampleOutput })
            .Sum(stage => Winners(stage).Sum(count));
        long Shuffled(Func<TaskOutcome, long> count) => Enumerable.Range(0, _stages.Length)
            .Where(stage => _plan.Stages[stage] is { Input: ShuffleInput, Output: not SampleOutput })
            .Sum(stage => Winners(stage).Sum(count));
        return new JobReport
        {
            Id = id.ToString(),
            Name = name,
            Status = JobStatus.Succeeded,
            Seconds = Math.Round(Elapsed.TotalSeconds, 3),
            TraceId = traceId.ToHexString(),
            Records = new RecordCounts(In(task => task.RecordsIn), Shuffled(task => task.RecordsIn), sink.Count),
            Bytes = new ByteCounts(
                _inputBytes,
                Shuffled(task => task.BytesIn),
                all.Sum(task => task.SpilledBytes) + ReclaimedBytes,
                Winners(_stages.Length - 1).Sum(task => task.BytesOut)),
            PeakMemoryBytes = peakMemoryBytes,
            Certificate = new Certificate(sink.Count, sink.Digits),
            Stages = stages,
            Bottleneck = BottleneckFinder.Find(stages),
            Output = output,
            Parts = _stages[^1].Winners.Length,
            Warnings = warnings,
        };
    }

    /// <summary>Since the job was ordered.</summary>
    public TimeSpan Elapsed => _before + Stopwatch.GetElapsedTime(_started);

    /// <summary>What its winners counted so far.</summary>
    public StageReport StageReportOf(int number)
    {
        StageCount stage = _stages[number];
        TaskOutcome[] winners = Winners(number);
        PhaseTimes times = winners.Aggregate(PhaseTimes.Zero, (sum, task) => sum + task.Times);
        WaitTimes waits = winners.Aggregate(WaitTimes.Zero, (sum, task) => sum + task.Waits);
        return new StageReport
        {
            Id = number,
            Name = _plan.Stages[number].Name,
            Tasks = stage.Winners.Length,
            Attempts = stage.Attempts,
            SecondAttempts = stage.SecondAttempts,
            Seconds = Math.Round((stage.LastEnd - stage.FirstStart.GetValueOrDefault()).TotalSeconds, 3),
            RecordsIn = winners.Sum(task => task.RecordsIn),
            RecordsOut = winners.Sum(task => task.RecordsOut),
            Spills = winners.Sum(task => task.Spills),
            SpilledBytes = winners.Sum(task => task.SpilledBytes),
            MergePasses = winners.Sum(task => task.MergePasses),
            RewrittenBytes = winners.Sum(task => task.RewrittenBytes),
            Combined = winners.Aggregate(default(CombineCount), (sum, task) => sum + task.Combined),
            Times = times.Rounded(),
            Waits = waits.Rounded(),
            Shares = TimeShares.Of(times.Tasks, waits),
            SpillWriteSeconds = Math.Round(winners.Sum(task => task.SpillWriteSeconds), 3),
            Longest = LongestOf(stage),
            Silos = SilosOf(stage),
            Skew = SkewOf(number),
        };
    }

    private long ReclaimedBytes => _reclaimed.Values.Sum();

    private static LongestTask? LongestOf(StageCount stage) =>
        stage.Winners.OfType<TaskWin>().MaxBy(win => win.Outcome.Times.Tasks) is TaskWin longest
            ? new LongestTask(
                longest.Task,
                Math.Round(longest.Outcome.Times.Tasks, 3),
                longest.Outcome.RecordsIn,
                SiloLabel.Of(longest.Worker))
            : null;

    private static IReadOnlyList<SiloShare> SilosOf(StageCount stage) =>
    [
        .. stage.Winners.OfType<TaskWin>()
            .GroupBy(win => SiloLabel.Of(win.Worker), win => win.Outcome, StringComparer.Ordinal)
            .OrderBy(silo => silo.Key, StringComparer.Ordinal)
            .Select(silo => new SiloShare(
                silo.Key,
                silo.Count(),
                Math.Round(silo.Sum(task => task.Times.Tasks), 3),
                silo.Sum(task => task.RecordsIn))),
    ];

    private double SkewOf(int number)
    {
        TaskOutcome[] winners = Winners(number);
        double records = winners.Sum(task => (double)Size(number, task));
        double bytes = _plan.Stages[number].Input is ReadInput ? winners.Sum(task => (double)task.BytesIn) : 0;

        // Splits of files are cut unequal: a task that was to read more is not skewed for that.
        double Fair(TaskOutcome task) =>
            records * Math.Max(1.0 / winners.Length, bytes == 0 ? 0 : task.BytesIn / bytes);

        return records == 0 ? 1 : Math.Round(winners.Max(task => Size(number, task) / Fair(task)), 2);
    }

    private long Size(int stage, TaskOutcome task) => _plan.Stages[stage].Output is SampleOutput ? 1 : task.RecordsIn;

    private TaskOutcome[] Winners(int stage) =>
        [.. _stages[stage].Winners.OfType<TaskWin>().Select(win => win.Outcome)];

    // A sample reads next to nothing; every other stage moves the input once.
    private long Weight(int stage) => _plan.Stages[stage].Output is SampleOutput ? 0 : _inputBytes;

    /// <summary>A task's winner: where it ran, and what it counted.</summary>
    private sealed record TaskWin(int Task, string Worker, TaskOutcome Outcome);

    private sealed class StageCount(int tasks)
    {
        public TaskWin?[] Winners { get; } = new TaskWin?[tasks];

        public int Attempts { get; set; }

        public int SecondAttempts { get; set; }

        public TimeSpan? FirstStart { get; set; }

        public TimeSpan LastEnd { get; set; }

        public int Done => Winners.Count(winner => winner is not null);
    }
}
