using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>The span of a life of a buffer: how it begins, and what it says when the life has ended.</summary>
internal static class LifeSpan
{
    /// <returns>Null when nobody wants the span.</returns>
    public static Activity? Start(DateTimeOffset started, ActivityContext parent)
    {
        Activity? span = Spans.Begin(BufferLifeNames.Span, parent, since: started);
        if (span is { IsAllDataRequested: false })
        {
            Spans.End(span);
            span = null;
        }

        return span;
    }

    /// <summary>Says all there is to say about a life, and ends its span.</summary>
    public static void End(Activity span, BufferTrace life, IEnumerable<ActivityContext> links)
    {
        span.SetTag(BufferLifeNames.Segment, life.Segment);
        span.SetTag(BufferLifeNames.Generation, life.Generation);
        span.SetTag(BufferLifeNames.Owner, life.Owner);
        span.SetTag(BufferLifeNames.Silo, life.Silo);
        if (life.StepsLeftOut > 0)
        {
            span.SetTag(BufferLifeNames.EventsLeftOut, life.StepsLeftOut);
        }

        foreach (ActivityContext link in links)
        {
            span.AddLink(new ActivityLink(link));
        }

        foreach (BufferTraceStep step in life.Steps)
        {
            span.AddEvent(EventOf(step, life.Silo));
        }

        if (life.Error is string error)
        {
            span.SetStatus(ActivityStatusCode.Error, error);
        }

        span.SetEndTime(life.Ended.UtcDateTime);
        Spans.End(span);
    }

    /// <summary>The last part of an event's name.</summary>
    public static string KindOf(string name) => name[(BufferLifeNames.Span.Length + 1)..];

    /// <summary>The event's name.</summary>
    public static string NameOf(BufferStepKind kind) => kind switch
    {
        BufferStepKind.Requested => BufferLifeNames.Requested,
        BufferStepKind.Retained => BufferLifeNames.Retained,
        BufferStepKind.HandedOver => BufferLifeNames.HandedOver,
        BufferStepKind.Sent => BufferLifeNames.Sent,
        BufferStepKind.Received => BufferLifeNames.Received,
        BufferStepKind.Read => BufferLifeNames.Read,
        BufferStepKind.Released => BufferLifeNames.Released,
        BufferStepKind.Recycled => BufferLifeNames.Recycled,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A step without a name."),
    };

    /// <summary>A step as it is kept.</summary>
    public static BufferTraceStep StepOf(in BufferStep step, DateTimeOffset at, int holders)
    {
        bool hasGiver = step.Kind is BufferStepKind.Retained or BufferStepKind.HandedOver;
        string? from = hasGiver ? step.From.Label : null;
        return new BufferTraceStep(at, KindOf(NameOf(step.Kind)), step.Holder.Label, from, step.Peer, holders);
    }

    private static ActivityEvent EventOf(BufferTraceStep step, string silo)
    {
        ActivityTagsCollection tags = new()
        {
            { BufferLifeNames.Holder, step.Holder },
            { BufferLifeNames.Holders, step.Holders },
            { BufferLifeNames.Silo, silo },
        };
        if (step.From is not null)
        {
            tags.Add(BufferLifeNames.From, step.From);
        }

        if (step.Peer is not null)
        {
            tags.Add(BufferLifeNames.Peer, step.Peer);
        }

        return new ActivityEvent($"{BufferLifeNames.Span}.{step.Kind}", step.At, tags);
    }
}
