using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Observability.Tests;

/// <summary>Tests that listen to spans run by themselves: a listener is everybody's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SpanTests
{
    public const string Name = "spans";
}

/// <summary>Listens to the spans of Sluice while it lives.</summary>
internal sealed class SpanCollector : IDisposable
{
    private readonly ConcurrentQueue<Activity> _started = new();
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public SpanCollector()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _started.Enqueue,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans of lives of buffers that have begun.</summary>
    public IReadOnlyList<Activity> Begun => [.. _started.Where(span => span.OperationName == BufferLifeNames.Span)];

    /// <summary>Those of them that have ended.</summary>
    public IReadOnlyList<Activity> Lives => [.. _stopped.Where(span => span.OperationName == BufferLifeNames.Span)];

    /// <summary>All spans that have ended.</summary>
    public IReadOnlyList<Activity> All => [.. _stopped];

    public void Dispose() => _listener.Dispose();

    /// <summary>The last parts of the names of a span's events, in order.</summary>
    public static IEnumerable<string> StepsOf(Activity life) =>
        life.Events.Select(step => step.Name[(BufferLifeNames.Span.Length + 1)..]);
}
