using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>One life that is watched, until it has ended: its steps, and the span they become.</summary>
/// <remarks>
/// The steps of two holders may be told in either order, a release even after the recycle it led to; the life has ended
/// when it was recycled and all who held it were told to have released it. Threading: any thread, by its lock; it is
/// ended once, by whoever took it from the tracer's list.
/// </remarks>
internal sealed class WatchedLife
{
    // Half of the steps that are kept are the first, half the last; exporters take 128 events of a span.
    private const int MostFirst = 48;
    private const int MostLast = 48;

    private readonly Lock _gate = new();
    private readonly BufferLifeTracerOptions _options;
    private readonly Activity? _span;
    private readonly DateTimeOffset _started;

    // Under _gate.
    private readonly List<BufferTraceStep> _first = [];
    private readonly Queue<BufferTraceStep> _last = [];
    private readonly List<ActivityContext> _links = [];
    private readonly HolderCounts _holders = new();
    private DateTimeOffset _latest;
    private long _leftOut;
    private bool _isRecycled;

    private WatchedLife(
        in BufferStep requested, DateTimeOffset started, Activity? span, BufferLifeTracerOptions options)
    {
        Life = requested.Life;
        Owner = requested.Owner;
        _started = started;
        _options = options;
        _span = span;
        Context = span?.Context ?? new ActivityContext(
            options.Parent == default ? ActivityTraceId.CreateRandom() : options.Parent.TraceId,
            ActivitySpanId.CreateRandom(),
            ActivityTraceFlags.None);
        _holders.Add(requested);
        Keep(LifeSpan.StepOf(requested, started, holders: 1));
    }

    public BufferLife Life { get; }

    /// <summary>The owner label of the pool it was requested from.</summary>
    public string Owner { get; }

    /// <summary>Its span; one nobody sees when nobody listens.</summary>
    public ActivityContext Context { get; }

    /// <summary>Who holds the buffer, for messages.</summary>
    public string HolderNames
    {
        get
        {
            lock (_gate)
            {
                return string.Join(", ", _holders.Current.Select(holder => $"'{holder.Label}'"));
            }
        }
    }

    /// <summary>Begins to watch a life.</summary>
    /// <param name="requested">Its first step.</param>
    /// <param name="age">How long ago that was.</param>
    /// <param name="options">Where it belongs.</param>
    /// <returns>Null when nobody would see it: no listener wants its span, and nobody is told of its end.</returns>
    public static WatchedLife? Begin(in BufferStep requested, TimeSpan age, BufferLifeTracerOptions options)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow - age;
        Activity? span = LifeSpan.Start(started, options.Parent);
        return span is null && options.Ended is null ? null : new WatchedLife(requested, started, span, options);
    }

    /// <summary>Takes a step in.</summary>
    /// <returns>Whether the life has ended with it.</returns>
    public bool Add(in BufferStep step)
    {
        lock (_gate)
        {
            _holders.Add(step);
            _isRecycled |= step.Kind == BufferStepKind.Recycled;
            int holders = _holders.Total;
            Keep(LifeSpan.StepOf(step, DateTimeOffset.UtcNow, holders));
            return _isRecycled && holders == 0;
        }
    }

    /// <summary>The pool was destroyed while the buffer was out: a leak, unless somebody still releases it.</summary>
    public void AddPoolDestroyed()
    {
        lock (_gate)
        {
            Keep(new BufferTraceStep(
                DateTimeOffset.UtcNow,
                LifeSpan.KindOf(BufferLifeNames.PoolDestroyed),
                Owner,
                null,
                null,
                _holders.Total));
        }
    }

    /// <summary>Its bytes come from that life in another process.</summary>
    public void Link(ActivityContext sender)
    {
        lock (_gate)
        {
            if (!_links.Contains(sender))
            {
                _links.Add(sender);
            }
        }
    }

    /// <summary>Makes the span of the steps, and tells who wants to know.</summary>
    /// <param name="error">What is wrong with the life; null when it ended as it should.</param>
    public void End(string? error)
    {
        BufferTrace trace;
        ActivityContext[] links;
        lock (_gate)
        {
            _latest = error is null ? _latest : DateTimeOffset.UtcNow;
            trace = ToTrace(error);
            links = [.. _links];
        }

        if (_span is not null)
        {
            LifeSpan.End(_span, trace, links);
        }

        _options.Ended?.Invoke(trace);
    }

    private BufferTrace ToTrace(string? error) => new()
    {
        SpanId = Context.SpanId.ToHexString(),
        ParentId = _options.Parent == default ? "" : _options.Parent.SpanId.ToHexString(),
        Links = [.. _links.Select(link => link.SpanId.ToHexString())],
        Silo = _options.Silo,
        Owner = Owner,
        Segment = Life.Segment,
        Generation = Life.Generation,
        Started = _started,
        Ended = _latest,
        Error = error,
        Steps = [.. _first, .. _last],
        StepsLeftOut = _leftOut,
    };

    private void Keep(BufferTraceStep step)
    {
        _latest = step.At;
        if (_first.Count < MostFirst)
        {
            _first.Add(step);
            return;
        }

        _last.Enqueue(step);
        if (_last.Count > MostLast)
        {
            _last.Dequeue();
            _leftOut++;
        }
    }
}
