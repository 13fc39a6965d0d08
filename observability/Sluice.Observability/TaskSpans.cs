using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Observability;

/// <summary>What may be shown below one attempt's span: so many spans of each name, and a count of the rest.</summary>
/// <remarks>
/// The attempt's span is the current one on the threads that work for it, and carries this. So the layers below find it
/// without being handed it, and find nothing, at the cost of one look, when nobody listens. Threading: any thread.
/// </remarks>
public sealed class TaskSpans
{
    /// <summary>Spans of one name below one attempt.</summary>
    public const int Most = 20;

    private const string Property = "sluice.task_spans";

    private readonly Activity _task;
    private readonly ConcurrentDictionary<string, int> _wanted = new(StringComparer.Ordinal);

    /// <param name="task">The attempt's span.</param>
    public TaskSpans(Activity task)
    {
        _task = task;
        _task.SetCustomProperty(Property, this);
    }

    /// <summary>Begins a span of the attempt that this thread works for; disposed by the caller, on any thread.</summary>
    /// <param name="name">One of <see cref="SpanNames"/>.</param>
    /// <param name="kind">Which end of a call it is, if any.</param>
    /// <param name="since">When it began; default is now.</param>
    /// <returns>Null when the attempt has no span, or as many of this name as it may.</returns>
    public static Activity? Begin(
        string name, ActivityKind kind = ActivityKind.Internal, DateTimeOffset since = default)
    {
        Activity? current = Activity.Current;
        return current is null ? null : Of(current)?.BeginBelow(current, name, kind, since);
    }

    /// <summary>Tells the attempt's span how many were left out.</summary>
    public void Finish()
    {
        int leftOut = _wanted.Values.Sum(wanted => Math.Max(0, wanted - Most));
        if (leftOut > 0)
        {
            _task.SetTag(AttributeNames.SpansLeftOut, leftOut);
        }
    }

    // A span of the user's own, within an operator, may lie between.
    private static TaskSpans? Of(Activity current)
    {
        for (Activity? span = current; span is not null; span = span.Parent)
        {
            if (span.GetCustomProperty(Property) is TaskSpans spans)
            {
                return spans;
            }
        }

        return null;
    }

    private Activity? BeginBelow(Activity current, string name, ActivityKind kind, DateTimeOffset since)
    {
        if (_wanted.AddOrUpdate(name, 1, (_, wanted) => wanted + 1) > Most)
        {
            return null;
        }

        Activity parent = current.GetCustomProperty(Property) == this ? current : _task;
        Activity? span = Telemetry.Source.StartActivity(name, kind, parent.Context, tags: null, links: null, since);
        span?.SetCustomProperty(Property, this);
        return span;
    }
}
