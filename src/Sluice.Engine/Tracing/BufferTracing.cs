using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>The lives of one job's buffers in one process: makes a tracer for each of its pools.</summary>
/// <remarks>
/// A life belongs to the span that is current where its pool is made, the attempt's; without one, to the job's.
/// Ownership: disposed when all of the job's buffers must have come back. Threading: any thread.
/// </remarks>
internal sealed class BufferTracing : IDisposable
{
    /// <summary>Lives of one job in one process: what a trace can bear when all are asked for.</summary>
    private const int MostLives = 16_384;

    private readonly ConcurrentBag<BufferLifeTracer> _tracers = [];
    private readonly BufferLifeTracerOptions _options;

    private BufferTracing(BufferLifeTracerOptions options)
    {
        _options = options;
        Serving = BufferLifeTracer.Create(options);
    }

    /// <summary>For what is read from the job's files to be sent: it is no attempt's.</summary>
    public IBufferLifecycle? Serving { get; }

    /// <param name="oneIn">One life in so many; 0 is none; null is the default, as long as somebody listens.</param>
    /// <param name="silo">Where it is.</param>
    /// <param name="job">The job's span.</param>
    /// <param name="ended">Told of lives; when a rate was asked for, also where nobody listens.</param>
    /// <returns>Null when nothing is watched.</returns>
    public static BufferTracing? For(int? oneIn, string silo, ActivityContext job, Action<BufferTrace>? ended)
    {
        int rate = oneIn ?? BufferLifeTracerOptions.DefaultOneIn;
        bool isSeen = Telemetry.Source.HasListeners() || (oneIn is not null && ended is not null);
        return rate > 0 && isSeen
            ? new BufferTracing(new BufferLifeTracerOptions
            {
                SampleOneIn = rate,
                Silo = silo,
                Parent = job,
                Ended = ended,
                Shared = new LifeBudget(MostLives),
            })
            : null;
    }

    /// <summary>For the pool of an attempt, on its thread.</summary>
    public BufferLifeTracer? ForAttempt()
    {
        ActivityContext parent = Activity.Current?.Context ?? _options.Parent;
        BufferLifeTracer? tracer = BufferLifeTracer.Create(_options with { Parent = parent });
        if (tracer is not null)
        {
            _tracers.Add(tracer);
        }

        return tracer;
    }

    /// <summary>Says on an attempt's span how many lives of its buffers there are to see.</summary>
    public static void Describe(BufferLifeTracer? tracer, Activity? attempt)
    {
        if (tracer is not null && attempt is not null)
        {
            attempt.SetTag(BufferLifeNames.Watched, tracer.Watched);
            attempt.SetTag(BufferLifeNames.LeftOut, tracer.LeftOut);
        }
    }

    /// <summary>What is still out is a leak.</summary>
    public void Dispose()
    {
        (Serving as IDisposable)?.Dispose();
        foreach (BufferLifeTracer tracer in _tracers)
        {
            tracer.Dispose();
        }
    }
}
