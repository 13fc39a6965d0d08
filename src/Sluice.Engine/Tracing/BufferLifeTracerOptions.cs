using System.Diagnostics;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Which lives a <see cref="BufferLifeTracer"/> watches, and what it makes of them.</summary>
public sealed record BufferLifeTracerOptions
{
    /// <summary>What is watched where nobody says otherwise: one life in so many.</summary>
    public const int DefaultOneIn = 1024;

    /// <summary>Watches one life in so many; 1 watches all, 0 none.</summary>
    public int SampleOneIn { get; init; } = DefaultOneIn;

    /// <summary>
    /// Lives that it watches by sampling at the most, and as many that it follows from other processes; what is beyond
    /// is counted. A bound for the trace, not for the pool.
    /// </summary>
    public int MostLives { get; init; } = 4096;

    /// <summary>Where it is, as the spans say.</summary>
    public string Silo { get; init; } = SiloLabel.Local;

    /// <summary>The span that lives belong to; the default makes each the root of a trace.</summary>
    public ActivityContext Parent { get; init; }

    /// <summary>
    /// Told of each life that has ended, also where nobody listens to spans; on the thread of its last step.
    /// </summary>
    public Action<BufferTrace>? Ended { get; init; }

    /// <summary>A bound that several tracers share.</summary>
    internal LifeBudget? Shared { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(SampleOneIn);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MostLives);
    }
}
