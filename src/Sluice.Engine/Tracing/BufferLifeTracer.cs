using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>
/// Makes a span of the life of a buffer, for a sample of them: from request to recycle, with an event for each step.
/// </summary>
/// <remarks>
/// A hook for one <see cref="LocalBufferPool"/>, or for several whose lives belong to the same span. Which lives it
/// watches it decides by a hash with a seed of its own, so no counter is shared between threads and no two attempts
/// sample alike; a life that is not watched allocates nothing. A life that is followed because its bytes come from a
/// watched one in another process is linked to that.
/// Ownership: whoever made it disposes it when all buffers must have come back; a life that is still out then is a
/// leak, and its span an error that names who holds the buffer. Threading: any thread; one short lock a step of a
/// watched life. Spans start and end on the threads of requests and releases, and leave <see cref="Activity.Current"/>
/// alone.
/// </remarks>
public sealed class BufferLifeTracer : IBufferLifecycle, IDisposable
{
    private readonly Dictionary<BufferLife, WatchedLife> _open = [];
    private readonly BufferLifeTracerOptions _options;
    private readonly LifeBudget _sampled;
    private readonly LifeBudget _followed;
    private readonly uint _watchedBelow;
    private readonly uint _seed = (uint)Random.Shared.NextInt64();

    private BufferLifeTracer(BufferLifeTracerOptions options)
    {
        _options = options;
        _sampled = new LifeBudget(options.MostLives, options.Shared);
        _followed = new LifeBudget(options.MostLives, options.Shared);
        _watchedBelow = uint.MaxValue / (uint)options.SampleOneIn;
    }

    /// <summary>Lives that were watched.</summary>
    public int Watched => _sampled.Taken + _followed.Taken;

    /// <summary>Lives that should have been watched and were too many.</summary>
    public int LeftOut => _sampled.LeftOut + _followed.LeftOut;

    /// <summary>Makes a tracer, to be set as <see cref="BufferPoolOptions.Lifecycle"/>.</summary>
    /// <returns>Null when it watches nothing, or nobody would see what it makes: as a hook that costs
    /// nothing.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static BufferLifeTracer? Create(BufferLifeTracerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        bool isSeen = options.Ended is not null || Telemetry.Source.HasListeners();
        return options.SampleOneIn > 0 && isSeen ? new BufferLifeTracer(options) : null;
    }

    public bool Watches(BufferLife life, string owner) =>
        life.Draw(_seed) <= _watchedBelow && _sampled.TryTake();

    public void OnStep(in BufferStep taken)
    {
        if (taken.Kind == BufferStepKind.Requested)
        {
            Begin(taken, TimeSpan.Zero);
        }
        else if (Find(taken.Life) is WatchedLife life && life.Add(taken))
        {
            Forget(taken.Life, life);
            life.End(null);
        }
    }

    public bool Follows(in BufferStep requested, TimeSpan age, ActivityContext sender)
    {
        if (sender == default)
        {
            return Watches(requested.Life, requested.Owner) && Begin(requested, age) is not null;
        }

        WatchedLife? life = Find(requested.Life) ?? (_followed.TryTake() ? Begin(requested, age) : null);
        life?.Link(sender);
        return life is not null;
    }

    public void OnPoolDestroyed(string owner, int outstanding)
    {
        if (outstanding > 0)
        {
            foreach (WatchedLife life in Open().Where(life => life.Owner == owner))
            {
                life.AddPoolDestroyed();
            }
        }
    }

    public ActivityContext TraceOf(BufferLife life) => Find(life)?.Context ?? default;

    /// <summary>Ends the spans of all lives that are still out, as leaks.</summary>
    public void Dispose()
    {
        foreach (WatchedLife life in Open())
        {
            Forget(life.Life, life);
            life.End($"The buffer was never released; held by {life.HolderNames}.");
        }
    }

    private WatchedLife? Begin(in BufferStep requested, TimeSpan age)
    {
        WatchedLife? life = WatchedLife.Begin(requested, age, _options);
        if (life is not null)
        {
            lock (_open)
            {
                _open[requested.Life] = life;
            }
        }

        return life;
    }

    private WatchedLife? Find(BufferLife life)
    {
        lock (_open)
        {
            return _open.GetValueOrDefault(life);
        }
    }

    private WatchedLife[] Open()
    {
        lock (_open)
        {
            return [.. _open.Values];
        }
    }

    private void Forget(BufferLife number, WatchedLife life)
    {
        lock (_open)
        {
            if (_open.GetValueOrDefault(number) == life)
            {
                _open.Remove(number);
            }
        }
    }
}
