using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>Several hooks as one.</summary>
/// <remarks>
/// A life is told to the part of the hooks that watch it. That part is a combination too, made when it is needed first
/// and then used again, and the segment keeps it as it keeps a single hook: nothing is looked up for a step.
/// Threading: any thread. Two threads may make the same part at once; either does.
/// </remarks>
internal sealed class CombinedLifecycle : IBufferLifecycle
{
    private const int MostHooks = 8;

    private readonly IBufferLifecycle[] _hooks;

    /// <summary>By the set of hooks in it, the first being the lowest bit.</summary>
    private readonly IBufferLifecycle?[] _parts;

    private CombinedLifecycle(IBufferLifecycle[] hooks)
    {
        _hooks = hooks;
        _parts = new IBufferLifecycle?[1 << hooks.Length];
        _parts[^1] = this;
    }

    public static IBufferLifecycle? Of(ReadOnlySpan<IBufferLifecycle?> hooks)
    {
        var all = new List<IBufferLifecycle>();
        foreach (IBufferLifecycle? hook in hooks)
        {
            IEnumerable<IBufferLifecycle> added = hook switch
            {
                null => [],
                CombinedLifecycle combined => combined._hooks,
                _ => [hook],
            };
            all.AddRange(added.Where(one => !all.Exists(other => ReferenceEquals(other, one))));
        }

        if (all.Count > MostHooks)
        {
            throw new ArgumentException($"{all.Count} hooks cannot be combined; at most {MostHooks}.", nameof(hooks));
        }

        return all.Count > 1 ? new CombinedLifecycle([.. all]) : all.FirstOrDefault();
    }

    public bool Watches(BufferLife life, string owner) => WatcherOf(life, owner) is not null;

    public IBufferLifecycle? WatcherOf(BufferLife life, string owner)
    {
        int set = 0;
        for (int i = 0; i < _hooks.Length; i++)
        {
            set |= _hooks[i].Watches(life, owner) ? 1 << i : 0;
        }

        return set == 0 ? null : Volatile.Read(ref _parts[set]) ?? MakePart(set);
    }

    public IBufferLifecycle? FollowerOf(
        IBufferLifecycle? present, in BufferStep requested, TimeSpan age, ActivityContext sender)
    {
        ReadOnlySpan<IBufferLifecycle> watching = present switch
        {
            null => [],
            CombinedLifecycle part => part._hooks,
            _ => [present],
        };
        int set = 0;
        for (int i = 0; i < _hooks.Length; i++)
        {
            bool isWatching = watching.Contains(_hooks[i]);
            set |= _hooks[i].Follows(requested, age, sender) || isWatching ? 1 << i : 0;
        }

        return set == 0 ? null : Volatile.Read(ref _parts[set]) ?? MakePart(set);
    }

    public void OnStep(in BufferStep taken)
    {
        foreach (IBufferLifecycle hook in _hooks)
        {
            hook.OnStep(taken);
        }
    }

    public void OnPoolDestroyed(string owner, int outstanding)
    {
        foreach (IBufferLifecycle hook in _hooks)
        {
            hook.OnPoolDestroyed(owner, outstanding);
        }
    }

    public BufferHistory? HistoryOf(BufferLife life) =>
        _hooks.Select(hook => hook.HistoryOf(life)).FirstOrDefault(history => history is not null);

    public ActivityContext TraceOf(BufferLife life) =>
        _hooks.Select(hook => hook.TraceOf(life)).FirstOrDefault(trace => trace != default);

    private IBufferLifecycle MakePart(int set)
    {
        IBufferLifecycle[] watching = [.. _hooks.Where((_, i) => (set & (1 << i)) != 0)];
        Debug.Assert(watching.Length > 0, "Nobody needs no part.");
        IBufferLifecycle part = Of(watching)!;
        Volatile.Write(ref _parts[set], part);
        return part;
    }
}
