using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Observability.Tests;

/// <summary>Listens to Sluice's spans, as a backend would be sent them.</summary>
internal sealed class HeardSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _begun = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    /// <param name="only">Of one trace; default hears all.</param>
    /// <param name="takesAll">Also of traces that are not sampled.</param>
    public HeardSpans(ActivityTraceId only = default, bool takesAll = false)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.SourceName,

            // As OpenTelemetry's default: the parent decides, and without one all are taken.
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                takesAll || options.Parent == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStarted = span => Add(span, _begun),
            ActivityStopped = span => Add(span, _ended),
        };
        ActivitySource.AddActivityListener(_listener);

        void Add(Activity span, ConcurrentQueue<Activity> spans)
        {
            if (only == default || span.TraceId == only)
            {
                spans.Enqueue(span);
            }
        }
    }

    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>Those of one name, in the order in which they began.</summary>
    public IReadOnlyList<Activity> Of(string name) => [.. _begun.Where(span => span.OperationName == name)];

    public Activity ParentOf(Activity span) => _begun.Single(other => other.SpanId == span.ParentSpanId);

    public void AssertAllEnded() => Assert.Equal(
        _begun.Select(span => span.Id).Order(StringComparer.Ordinal),
        _ended.Select(span => span.Id).Order(StringComparer.Ordinal));

    public void Dispose() => _listener.Dispose();
}
