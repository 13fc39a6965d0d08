using System.Diagnostics;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>The span of one attempt, on the thread that runs it.</summary>
/// <remarks>
/// It is that thread's current span, so that what the job's own operators trace belongs to it as well. Ownership: the
/// thread begins and disposes it. There is none when nobody listens, or when the order came without a trace parent.
/// </remarks>
internal sealed class AttemptTrace : IDisposable
{
    private readonly Activity? _span;
    private readonly TaskSpans? _below;

    private AttemptTrace(Activity? span)
    {
        _span = span;
        _below = span is null ? null : new TaskSpans(span);
    }

    /// <summary>W3C trace parent for what follows from this attempt; null when it has no span.</summary>
    public string? Id => _span?.Id;

    /// <param name="input">What the attempt was told.</param>
    /// <param name="silo">Where it runs.</param>
    public static AttemptTrace Begin(AttemptInput input, string silo)
    {
        ActivityContext parent = Spans.ContextOf(input.TraceParent);
        if (parent == default || !Telemetry.Source.HasListeners())
        {
            return new AttemptTrace(null);
        }

        ActivityLink[] links =
        [
            .. input.ProducerSpans.Select(Spans.ContextOf)
                .Where(context => context != default)
                .Select(context => new ActivityLink(context)),
        ];
        ActivityKind kind = silo == SiloLabel.Local ? ActivityKind.Internal : ActivityKind.Consumer;
        Activity? span = Telemetry.Source.StartActivity(SpanNames.Task, kind, parent, tags: null, links);
        if (span is not null)
        {
            Describe(span, input.Stage.Name, input.Id.Stage, input.Id.Task, input.Id.Attempt, silo);
            if (input.Producers.Count > links.Length)
            {
                span.SetTag(AttributeNames.LinksLeftOut, input.Producers.Count - links.Length);
            }
        }

        return new AttemptTrace(span);
    }

    /// <summary>Gives an attempt's span its name and place.</summary>
    public static void Describe(Activity span, string stage, int stageNumber, int task, int attempt, string silo)
    {
        span.DisplayName = attempt == 1 ? $"{SpanNames.Task} {task}" : $"{SpanNames.Task} {task} try {attempt}";
        span.SetTag(AttributeNames.Stage, stage)
            .SetTag(AttributeNames.StageNumber, stageNumber)
            .SetTag(AttributeNames.Task, task)
            .SetTag(AttributeNames.Attempt, attempt)
            .SetTag(AttributeNames.Silo, silo);
    }

    public void Succeeded(TaskOutcome outcome)
    {
        if (_span is null)
        {
            return;
        }

        _span.SetTag(AttributeNames.RecordsIn, outcome.RecordsIn)
            .SetTag(AttributeNames.BytesIn, outcome.BytesIn)
            .SetTag(AttributeNames.RecordsOut, outcome.RecordsOut)
            .SetTag(AttributeNames.BytesOut, outcome.BytesOut)
            .SetTag(AttributeNames.Spills, outcome.Spills)
            .SetTag(AttributeNames.SpilledBytes, outcome.SpilledBytes)
            .SetTag(AttributeNames.MergePasses, outcome.MergePasses)
            .SetTag(AttributeNames.RewrittenBytes, outcome.RewrittenBytes);
        SetTime(AttributeNames.SortTime, outcome.Times.Sort);
        SetTime(AttributeNames.SpillTime, outcome.Times.Spill);
        SetTime(AttributeNames.BlockedTime, outcome.Times.Blocked);
        SetTime(AttributeNames.FetchTime, outcome.Times.FetchWait);
        SetTime(AttributeNames.MergeTime, outcome.Times.MergePasses);
        SetTime(AttributeNames.OutputTime, outcome.Times.OutputWait);
    }

    public void Failed(SluiceError error) => Spans.Fail(_span, error.Code, error.What);

    /// <summary>It was told to stop.</summary>
    public void Stopped() => _span?.SetTag(AttributeNames.Stopped, true);

    public void Dispose()
    {
        _below?.Finish();
        _span?.Dispose();
    }

    // Zero says that there was no such phase.
    private void SetTime(string name, double seconds)
    {
        if (seconds > 0)
        {
            _span!.SetTag(name, Math.Round(seconds, 3));
        }
    }
}
