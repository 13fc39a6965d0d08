using System.Runtime.CompilerServices;

namespace Sluice.Jobs;

/// <summary>Folds the items of one key into a state that is copied as bytes.</summary>
/// <remarks>
/// Items are added where they are read, states merged wherever two of one key meet: in the ring, at merges and at the
/// consumer. So merging must not depend on order or grouping. An instance keeps no state of its own.
/// Threading: several threads at once; within one task items are added on its own thread, while another may merge
/// what is spilled.
/// </remarks>
public abstract class Aggregation<T, TState>
    where T : allows ref struct
    where TState : unmanaged
{
    /// <summary>The state before the first item: merging it must change nothing, as 0 does to a sum.</summary>
    /// <remarks>A key has as many partial states as its items were far apart, and each begins with it.</remarks>
    public abstract TState Seed { get; }

    /// <summary>Adds one item.</summary>
    public abstract void Add(ref TState state, T item);

    /// <summary>Adds what another state holds.</summary>
    public abstract void Merge(ref TState state, in TState other);
}

/// <summary>Counts items.</summary>
public sealed class CountAggregation<T> : Aggregation<T, long>
    where T : allows ref struct
{
    public override long Seed => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ref long state, T item) => state++;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Merge(ref long state, in long other) => state += other;
}

/// <summary>Adds one item to a state.</summary>
public delegate void AddItem<T, TState>(ref TState state, T item)
    where T : allows ref struct
    where TState : unmanaged;

/// <summary>Adds one state to another.</summary>
public delegate void MergeStates<TState>(ref TState state, in TState other)
    where TState : unmanaged;

internal sealed class DelegateAggregation<T, TState> : Aggregation<T, TState>
    where T : allows ref struct
    where TState : unmanaged
{
    private readonly AddItem<T, TState> _add;
    private readonly MergeStates<TState> _merge;

    public DelegateAggregation(TState seed, AddItem<T, TState> add, MergeStates<TState> merge)
    {
        Seed = seed;
        _add = add ?? throw new ArgumentNullException(nameof(add));
        _merge = merge ?? throw new ArgumentNullException(nameof(merge));
    }

    public override TState Seed { get; }

    public override void Add(ref TState state, T item) => _add(ref state, item);

    public override void Merge(ref TState state, in TState other) => _merge(ref state, in other);
}
