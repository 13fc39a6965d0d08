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
    private readonly HeardSpans _heard = new(takesAll: true);

    /// <summary>The spans of lives of buffers that have begun.</summary>
    public IReadOnlyList<Activity> Begun => _heard.Of(BufferLifeNames.Span);

    /// <summary>Those of them that have ended.</summary>
    public IReadOnlyList<Activity> Lives => [.. All.Where(span => span.OperationName == BufferLifeNames.Span)];

    /// <summary>All spans that have ended.</summary>
    public IReadOnlyList<Activity> All => _heard.Ended;

    public void Dispose() => _heard.Dispose();

    /// <summary>The last parts of the names of a span's events, in order.</summary>
    public static IEnumerable<string> StepsOf(Activity life) =>
        life.Events.Select(step => step.Name[(BufferLifeNames.Span.Length + 1)..]);
}
