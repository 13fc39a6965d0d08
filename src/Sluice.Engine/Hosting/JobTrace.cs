using System.Diagnostics;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>
/// The spans of one job and its stages where its coordinator is, and of attempts that cannot tell theirs.
/// </summary>
/// <remarks>
/// What runs elsewhere gets the trace's context with its orders, as W3C trace parents. Attempts that were lost with
/// their silo, or failed before they had a span, get theirs here. A trace has a size: of each stage only so many
/// attempts have spans, and the stage says how many have none. Threading: as the job's host; one call at a time.
/// </remarks>
internal sealed class JobTrace : IDisposable
{
    /// <summary>Attempts of one stage that have spans; as many that failed or were lost may be added here.</summary>
    internal const int MostAttempts = 100;

    /// <summary>Producers that one attempt is linked to.</summary>
    internal const int MostLinks = 100;

    private const string SiloLost = "silo_lost";

    private readonly Activity? _job;
    private readonly ActivityContext _context;
    private readonly SortedDictionary<int, StageTrace> _stages = [];
    private readonly Dictionary<AttemptId, Running> _running = [];

    private JobTrace(Activity? job, ActivityContext context)
    {
        _job = job;
        _context = context;
    }

    /// <summary>The trace; there is one also when nobody listens.</summary>
    public ActivityTraceId TraceId => _context.TraceId;

    /// <summary>W3C trace parent of all that belongs to the job.</summary>
    public string TraceParent =>
        $"00-{_context.TraceId}-{_context.SpanId}-" +
        $"{(_context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";

    /// <summary>What a worker is called in traces.</summary>
    public Func<string, string> NameOf { get; set; } = worker => worker;

    private bool IsSampled => _context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

    /// <summary>Begins the job's span.</summary>
    /// <param name="id">The job.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="parent">Of whoever ordered it; default when that traces nothing.</param>
    /// <param name="silo">Where the coordinator is.</param>
    /// <param name="isResumed">Whether the job goes on from its journal.</param>
    public static JobTrace Begin(JobId id, string name, ActivityContext parent, string silo, bool isResumed = false)
    {
        Activity? job = Spans.Begin(
            SpanNames.Job, parent, parent.IsRemote ? ActivityKind.Server : ActivityKind.Internal);
        if (job is not null)
        {
            job.DisplayName = $"{SpanNames.Job} {name}";
            job.SetTag(AttributeNames.JobName, name)
                .SetTag(AttributeNames.JobId, id.ToString())
                .SetTag(AttributeNames.Silo, silo);
            if (isResumed)
            {
                job.SetTag(AttributeNames.Resumed, true);
            }
        }

        ActivityContext context = job?.Context ?? (parent != default
            ? parent
            : new ActivityContext(
                ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None));
        return new JobTrace(job, context);
    }

    /// <summary>Attempts that another host has started run still.</summary>
    public void GoOn(CoordinatorState state)
    {
        foreach (AttemptId attempt in IsSampled ? state.AllRunning() : [])
        {
            string silo = state.TaskOf(attempt).Running[attempt.Number];
            _running[attempt] = new Running(silo, StageOf(attempt, state).Name, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Gives an order its trace parent, unless the stage has enough spans.</summary>
    public StartAttempt Order(StartAttempt start, CoordinatorState state)
    {
        if (!IsSampled)
        {
            return start;
        }

        StageTrace stage = StageOf(start.Attempt, state);
        _running[start.Attempt] = new Running(start.Worker, stage.Name, DateTimeOffset.UtcNow);
        bool isShown = ++stage.Attempts <= MostAttempts;
        return start with
        {
            TraceParent = isShown ? stage.Span?.Id ?? TraceParent : null,
            Producers = [.. start.Producers.Select((made, index) =>
                isShown && index < MostLinks ? made : made with { Span = null })],
        };
    }

    /// <summary>An attempt has ended; one that failed before it had a span gets one.</summary>
    public void Ended(AttemptEnd end)
    {
        if (_running.Remove(end.Attempt, out Running? run) && end is { Failure: AttemptFailure failure, Span: null })
        {
            Spans.End(BeginPast(end.Attempt, run, failure.Error.Code, failure.Error.What));
        }
    }

    /// <summary>Something else has happened that ends attempts.</summary>
    public void Happened(CoordinatorEvent happened)
    {
        switch (happened)
        {
            case WorkerLost lost:
                _job?.AddEvent(new ActivityEvent(
                    EventNames.SiloLost,
                    tags: new ActivityTagsCollection { [AttributeNames.Silo] = NameOf(lost.Worker) }));
                Lose(_running.Where(run => run.Value.Silo == lost.Worker));
                break;
            case AttemptStopped stopped:
                Lose(_running.Where(run => run.Key == stopped.Attempt));
                break;
            default:
                break;
        }
    }

    /// <summary>Ends the spans of stages that are done.</summary>
    /// <param name="state">The coordinator's.</param>
    /// <param name="reportOf">What is known of a stage, by its number.</param>
    public void Follow(CoordinatorState state, Func<int, StageReport> reportOf)
    {
        foreach ((int number, StageTrace stage) in _stages)
        {
            if (stage.Span is not null && state.Stages[number].IsDone)
            {
                End(stage, reportOf(number));
            }
        }
    }

    /// <summary>Begins the commit's span; disposed by the caller.</summary>
    public Activity? BeginCommit(int parts) =>
        IsSampled ? Spans.Begin(SpanNames.Commit, _context)?.SetTag(AttributeNames.Parts, parts) : null;

    /// <summary>The job is over.</summary>
    /// <param name="report">What came out; null when it failed.</param>
    public void Succeeded(JobReport report) => _job?
        .SetTag(AttributeNames.RecordsIn, report.Records.In)
        .SetTag(AttributeNames.RecordsOut, report.Records.Out)
        .SetTag(AttributeNames.BytesIn, report.Bytes.In)
        .SetTag(AttributeNames.BytesOut, report.Bytes.Out)
        .SetTag(AttributeNames.SpilledBytes, report.Bytes.Spilled);

    public void Failed(SluiceError error) => Spans.Fail(_job, error.Code, error.What);

    /// <summary>Another host goes on.</summary>
    public void HandOver() => _job?.SetTag(AttributeNames.HandedOver, true);

    /// <summary>Ends all spans that are still open.</summary>
    public void Dispose()
    {
        foreach (StageTrace stage in _stages.Values)
        {
            End(stage, null);
        }

        Spans.End(_job);
    }

    private StageTrace StageOf(AttemptId attempt, CoordinatorState state)
    {
        int number = attempt.Task.Stage.Value;
        StageSpec spec = state.Stages[number].Spec;
        if (!_stages.TryGetValue(number, out StageTrace? stage))
        {
            _stages[number] = stage = new StageTrace(spec.Name);
        }

        // A stage that was done may have to make lost output again: that is a span of its own.
        if (stage.Span is null && Spans.Begin(SpanNames.Stage, _context) is Activity span)
        {
            span.DisplayName = $"{SpanNames.Stage} {spec.Name}";
            span.SetTag(AttributeNames.Stage, spec.Name)
                .SetTag(AttributeNames.StageNumber, number)
                .SetTag(AttributeNames.Tasks, spec.Tasks);
            stage.Span = span;
        }

        return stage;
    }

    private void Lose(IEnumerable<KeyValuePair<AttemptId, Running>> lost)
    {
        foreach ((AttemptId attempt, Running run) in lost.ToList())
        {
            _running.Remove(attempt);
            Activity? span = BeginPast(attempt, run, SiloLost, $"silo {NameOf(run.Silo)} does not run it any more");
            span?.SetTag(AttributeNames.Lost, true);
            Spans.End(span);
        }
    }

    private Activity? BeginPast(AttemptId attempt, Running run, string type, string what)
    {
        StageTrace? stage = _stages.GetValueOrDefault(attempt.Task.Stage.Value);
        if (stage is null || ++stage.Added > MostAttempts)
        {
            return null;
        }

        Activity? span = Spans.Begin(SpanNames.Task, stage.Span?.Context ?? _context, ActivityKind.Consumer, run.Since);
        if (span is not null)
        {
            AttemptTrace.Describe(
                span, run.Stage, attempt.Task.Stage.Value, attempt.Task.Index, attempt.Number, NameOf(run.Silo));
            Spans.Fail(span, type, what);
        }

        return span;
    }

    private static void End(StageTrace stage, StageReport? report)
    {
        if (stage.Attempts > MostAttempts)
        {
            stage.Span?.SetTag(AttributeNames.AttemptsLeftOut, stage.Attempts - MostAttempts);
        }

        if (report is not null)
        {
            stage.Span?.SetTag(AttributeNames.Attempts, report.Attempts)
                .SetTag(AttributeNames.RecordsIn, report.RecordsIn)
                .SetTag(AttributeNames.RecordsOut, report.RecordsOut)
                .SetTag(AttributeNames.Spills, report.Spills)
                .SetTag(AttributeNames.SpilledBytes, report.SpilledBytes)
                .SetTag(AttributeNames.MergePasses, report.MergePasses)
                .SetTag(AttributeNames.RewrittenBytes, report.RewrittenBytes)
                .SetTag(AttributeNames.Skew, report.Skew);
        }

        Spans.End(stage.Span);
        stage.Span = null;
    }

    private sealed class StageTrace(string name)
    {
        public string Name => name;

        /// <summary>Open from its first attempt until it is done.</summary>
        public Activity? Span { get; set; }

        /// <summary>Attempts ordered so far.</summary>
        public int Attempts { get; set; }

        /// <summary>Spans made here for attempts that could not tell theirs.</summary>
        public int Added { get; set; }
    }

    private sealed record Running(string Silo, string Stage, DateTimeOffset Since);
}
