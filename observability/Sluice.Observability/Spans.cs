using System.Diagnostics;

namespace Sluice.Observability;

/// <summary>Spans that outlive the call that begins them: they are never the current one of any thread.</summary>
/// <remarks>
/// <see cref="Activity.Stop"/> makes current what was current when the span began, on whatever thread that was; here
/// both ends leave the caller's current span as it is.
/// </remarks>
public static class Spans
{
    /// <summary>Begins a span.</summary>
    /// <param name="name">One of <see cref="SpanNames"/>.</param>
    /// <param name="parent">What it belongs to; default begins a trace.</param>
    /// <param name="kind">Which end of a call it is, if any.</param>
    /// <param name="since">When it began; default is now.</param>
    /// <returns>Null when nobody listens, or the trace is not sampled.</returns>
    public static Activity? Begin(
        string name, ActivityContext parent, ActivityKind kind = ActivityKind.Internal, DateTimeOffset since = default)
    {
        if (!Telemetry.Source.HasListeners())
        {
            return null;
        }

        Activity? current = Activity.Current;
        Activity.Current = null;
        try
        {
            return Telemetry.Source.StartActivity(name, kind, parent, tags: null, links: null, since);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends a span that <see cref="Begin"/> began.</summary>
    public static void End(Activity? span)
    {
        if (span is not null)
        {
            Activity? current = Activity.Current;
            span.Dispose();
            Activity.Current = current;
        }
    }

    /// <summary>Marks a span as failed.</summary>
    /// <param name="span">Null does nothing.</param>
    /// <param name="type">The error's code.</param>
    /// <param name="what">What happened, a sentence without record contents.</param>
    public static void Fail(Activity? span, string type, string what) =>
        span?.SetStatus(ActivityStatusCode.Error, what).SetTag(AttributeNames.ErrorType, type);

    /// <summary>Reads a W3C trace parent.</summary>
    /// <returns>Default when there is none.</returns>
    public static ActivityContext ContextOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out ActivityContext context) ? context : default;
}
