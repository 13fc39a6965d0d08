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
    private readonly StageCount[] _stages;
    private readonly Dictionary<AttemptId, TaskOutcome> _ended = [];
    private long _reclaimedBytes;

    public JobStatistics(JobPlan plan, long inputBytes)
    {
        _plan = plan;
        _inputBytes = inputBytes;
        _stages = [.. plan.Stages.Select(stage => new StageCount(stage.Tasks))];
    }

    /// <summary>Sum over all records of the output.</summary>
    public RecordSum Sink => Winners(_plan.Stages.Count - 1)
        .Aggregate(default(RecordSum), (sum, outcome) => sum + outcome.Sink.GetValueOrDefault());

    public void Started(AttemptId attempt)
    {
        StageCount stage = _stages[attempt.Task.Stage.Value];
        stage.Attempts++;
        stage.FirstStart ??= Elapsed;
    }

    /// <summary>An attempt told its outcome; whether it counts, the journal says.</summary>
    public void Ended(AttemptId attempt, TaskOutcome outcome) => _ended[attempt] = outcome;

    /// <summary>Follows who wins and who is lost.</summary>
    public void Note(JournalEntry entry)
    {
        if (entry is { Kind: "won" or "lost", Stage: int stage, Task: int task, Attempt: int number })
        {
            AttemptId attempt = new(new TaskId(new StageId(stage), task), number);
            _stages[stage].Winners[task] = entry.Kind == "won" ? _ended[attempt] : null;
            _stages[stage].LastEnd = Elapsed;
        }
    }

    /// <summary>Bytes that finished outputs moved from memory to files.</summary>
    public void Reclaimed(long bytes) => _reclaimedBytes += bytes;

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
        return source == Sink ? null : SluiceErrors.OutputMismatch("source and output", source.ToString(), Sink.ToString());
    }

    public JobProgress Progress(IEnumerable<TaskProgress> running)
    {
        int current = Array.FindIndex(_stages, stage => stage.Done < stage.Winners.Length);
        current = current < 0 ? _stages.Length - 1 : current;
        long done = 0;
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            done += Weight(stage) * _stages[stage].Done / Math.Max(1, _stages[stage].Winners.Length);
        }

        long spilled = _stages.Sum(stage => stage.Winners.Sum(outcome => outcome?.SpilledBytes ?? 0)) + _reclaimedBytes;
        foreach (TaskProgress task in running)
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
        JobId id, string name, ActivityTraceId traceId, string output, IReadOnlyList<string> warnings)
    {
        TaskOutcome[] all = [.. Enumerable.Range(0, _stages.Length).SelectMany(Winners)];
        RecordSum sink = Sink;
        long In(Func<TaskOutcome, long> count) => Enumerable.Range(0, _stages.Length)
            .Where(stage => _plan.Stages[stage] is { Input: ReadInput, Output: not SampleOutput })
            .Sum(stage => Winners(stage).Sum(count));
        long Shuffled(Func<TaskOutcome, long> count) => Enumerable.Range(0, _stages.Length)
            .Where(stage => _plan.Stages[stage].Input is ShuffleInput)
            .Sum(stage => Winners(stage).Sum(count));
        return new JobReport
        {
            Id = id.ToString(),
            Name = name,
            Status = "succeeded",
            Seconds = Math.Round(Elapsed.TotalSeconds, 3),
            TraceId = traceId.ToHexString(),
            Records = new RecordCounts(In(task => task.RecordsIn), Shuffled(task => task.RecordsIn), sink.Count),
            Bytes = new ByteCounts(
                _inputBytes,
                Shuffled(task => task.BytesIn),
                all.Sum(task => task.SpilledBytes) + _reclaimedBytes,
                Winners(_stages.Length - 1).Sum(task => task.BytesOut)),
            PeakMemoryBytes = PeakResidentBytes(),
            Certificate = new Certificate(sink.Count, sink.Sum.ToString("x32", null)),
            Stages = [.. Enumerable.Range(0, _stages.Length).Select(StageReportOf)],
            Output = output,
            Parts = _stages[^1].Winners.Length,
            Warnings = warnings,
        };
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    private StageReport StageReportOf(int number)
    {
        StageCount stage = _stages[number];
        TaskOutcome[] winners = Winners(number);
        double average = winners.Length == 0 ? 0 : winners.Average(task => (double)Size(number, task));
        return new StageReport
        {
            Id = number,
            Name = _plan.Stages[number].Name,
            Tasks = stage.Winners.Length,
            Attempts = stage.Attempts,
            Seconds = Math.Round((stage.LastEnd - stage.FirstStart.GetValueOrDefault()).TotalSeconds, 3),
            RecordsIn = winners.Sum(task => task.RecordsIn),
            RecordsOut = winners.Sum(task => task.RecordsOut),
            Spills = winners.Sum(task => task.Spills),
            SpilledBytes = winners.Sum(task => task.SpilledBytes),
            MergePasses = winners.Sum(task => task.MergePasses),
            RewrittenBytes = winners.Sum(task => task.RewrittenBytes),
            Combined = winners.Aggregate(default(CombineCount), (sum, task) => sum + task.Combined),
            Times = winners.Aggregate(PhaseTimes.Zero, (sum, task) => sum + task.Times).Rounded(),
            Skew = average == 0 ? 1 : Math.Round(winners.Max(task => Size(number, task)) / average, 2),
        };
    }

    private long Size(int stage, TaskOutcome task) => _plan.Stages[stage].Output is SampleOutput ? 1 : task.RecordsIn;

    private TaskOutcome[] Winners(int stage) => [.. _stages[stage].Winners.OfType<TaskOutcome>()];

    // A sample reads next to nothing; every other stage moves the input once.
    private long Weight(int stage) => _plan.Stages[stage].Output is SampleOutput ? 0 : _inputBytes;

    private static long PeakResidentBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private sealed class StageCount(int tasks)
    {
        public TaskOutcome?[] Winners { get; } = new TaskOutcome?[tasks];

        public int Attempts { get; set; }

        public TimeSpan? FirstStart { get; set; }

        public TimeSpan LastEnd { get; set; }

        public int Done => Winners.Count(winner => winner is not null);
    }
}
