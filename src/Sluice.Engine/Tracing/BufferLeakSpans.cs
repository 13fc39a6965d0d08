using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>Makes error spans of what a <see cref="LeakDetector"/> reports, each with the whole history.</summary>
/// <remarks>
/// The times are those of the system's coarse clock, some 10 ms apart: a pool with a clock of its own shows other
/// times.
/// </remarks>
public static class BufferLeakSpans
{
    /// <summary>
    /// Makes a span of each buffer that was followed; to be given to <see cref="LeakDetector.Create"/>.
    /// </summary>
    /// <param name="leak">The report.</param>
    /// <param name="parent">The span that they belong to; the default makes each the root of a trace.</param>
    /// <param name="silo">Where it is.</param>
    public static void Emit(BufferLeak leak, ActivityContext parent = default, string silo = SiloLabel.Local)
    {
        ArgumentNullException.ThrowIfNull(leak);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        TimeSpan clock = TimeSpan.FromMilliseconds(Environment.TickCount64);
        foreach (OutstandingBuffer buffer in leak.Buffers)
        {
            BufferTraceStep[] steps = [.. StepsOf(buffer, at => now - (clock - at))];
            if (LifeSpan.Start(steps[0].At, parent) is Activity span)
            {
                LifeSpan.End(span, TraceOf(buffer, steps, now, silo, span), []);
            }
        }
    }

    private static BufferTrace TraceOf(
        OutstandingBuffer buffer, BufferTraceStep[] steps, DateTimeOffset now, string silo, Activity span) => new()
        {
            SpanId = span.SpanId.ToHexString(),
            Silo = silo,
            Owner = buffer.Owner,
            Segment = buffer.Life.Segment,
            Generation = buffer.Life.Generation,
            Started = steps[0].At,
            Ended = now,
            Error =
                "The buffer was not released before its pool was destroyed; " +
                $"held by {string.Join(", ", buffer.Holders)}.",
            Steps =
            [
                .. steps,
                new BufferTraceStep(
                    now,
                    LifeSpan.KindOf(BufferLifeNames.PoolDestroyed),
                    buffer.Owner,
                    null,
                    null,
                    buffer.Holders.Count),
            ],
            StepsLeftOut = buffer.History.LeftOut,
        };

    private static IEnumerable<BufferTraceStep> StepsOf(OutstandingBuffer buffer, Func<TimeSpan, DateTimeOffset> time)
    {
        int holders = 0;
        foreach (BufferStep step in buffer.History.First)
        {
            holders += ChangeOf(step.Kind);
            yield return LifeSpan.StepOf(step, time(step.At), holders);
        }

        // What was left out is not known step by step; who holds the buffer in the end is.
        holders = buffer.Holders.Count - buffer.History.Last.Sum(step => ChangeOf(step.Kind));
        foreach (BufferStep step in buffer.History.Last)
        {
            holders += ChangeOf(step.Kind);
            yield return LifeSpan.StepOf(step, time(step.At), holders);
        }
    }

    private static int ChangeOf(BufferStepKind kind) => kind switch
    {
        BufferStepKind.Requested or BufferStepKind.Retained => 1,
        BufferStepKind.Released => -1,
        _ => 0,
    };
}
