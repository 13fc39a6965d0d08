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

    /// <summary>Of steps that come by the thousand the first so many are shown.</summary>
    public const int First = 4;

    /// <summary>Later ones of them are shown only when they take as long as this.</summary>
    public static readonly TimeSpan LongStep = TimeSpan.FromMilliseconds(100);

    private const string Property = "sluice.task_spans";

    private readonly Activity _task;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<string, int> _shown = new(StringComparer.Ordinal);
    private int _leftOut;

    /// <param name="task">The attempt's span.</param>
    public TaskSpans(Activity task)
    {
        _task = task;
        _task.SetCustomProperty(Property, this);
    }

    /// <summary>
    /// Begins a span of the attempt that this thread works for; disposed by the caller, on any thread.
    /// </summary>
    /// <param name="name">One of <see cref="SpanNames"/>.</param>
    /// <param name="kind">Which end of a call it is, if any.</param>
    /// <param name="since">When it began; default is now.</param>
    /// <returns>Null when the attempt has no span, or as many of this name as it may.</returns>
    public static Activity? Begin(
        string name, ActivityKind kind = ActivityKind.Internal, DateTimeOffset since = default)
    {
        Activity? current = Activity.Current;
        return current is null ? null : Of(current)?.BeginBelow(current, name, Most, kind, since);
    }

    /// <summary>
    /// Begins a span of a step that is over already, one of very many; disposed by the caller at once.
    /// </summary>
    /// <param name="name">One of <see cref="SpanNames"/>.</param>
    /// <param name="kind">Which end of a call it is, if any.</param>
    /// <param name="since">Timestamp of its start.</param>
    /// <returns>Null when the attempt has no span, or enough of this name for a step as short as this.</returns>
    public static Activity? BeginPast(string name, ActivityKind kind, long since)
    {
        if (Activity.Current is not Activity current)
        {
            return null;
        }

        TimeSpan took = Stopwatch.GetElapsedTime(since);
        return Of(current)?.BeginBelow(
            current, name, took < LongStep ? First : Most, kind, DateTimeOffset.UtcNow - took);
    }

    /// <summary>Tells the attempt's span how many were left out.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_leftOut > 0)
            {
                _task.SetTag(AttributeNames.SpansLeftOut, _leftOut);
            }
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

    private Activity? BeginBelow(Activity current, string name, int most, ActivityKind kind, DateTimeOffset since)
    {
        lock (_gate)
        {
            int shown = _shown.GetValueOrDefault(name);
            if (shown >= most)
            {
                _leftOut++;
                return null;
            }

            _shown[name] = shown + 1;
        }

        Activity parent = current.GetCustomProperty(Property) == this ? current : _task;
        Activity? span = Telemetry.Source.StartActivity(name, kind, parent.Context, tags: null, links: null, since);
        span?.SetCustomProperty(Property, this);
        return span;
    }
}
