using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Folds items by key in a hash table in front of the ring and writes (key, state) into the shuffle.</summary>
/// <remarks>When the table is full, all of it goes into the ring; keys may come again, and are folded later.</remarks>
internal sealed class AggregateWriter<T, TKey, TState> : Operator<T>
    where T : allows ref struct
    where TKey : allows ref struct
    where TState : unmanaged
{
    private readonly AggregateNode<T, TKey, TState> _node;
    private readonly Aggregation<T, TState> _aggregation;
    private readonly HashTable<TState> _table;
    private readonly ShuffleWriter _output;
    private readonly RecordScratch _scratch = new();
    private readonly bool _keyIsEncoding;
    private long _count;

    public AggregateWriter(AggregateNode<T, TKey, TState> node, HashTable<TState> table, ShuffleWriter output)
    {
        _node = node;
        _aggregation = node.Aggregation;
        _keyIsEncoding =
            typeof(TKey) == typeof(ReadOnlySpan<byte>) && ReferenceEquals(node.Order, KeyOrders.Find<TKey>());
        _table = table;
        _output = output;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(T item)
    {
        TKey key = _node.KeySelector(item);
        if (_keyIsEncoding)
        {
            // Byte keys are their own encoding.
            Add(Unsafe.As<TKey, ReadOnlySpan<byte>>(ref key), item);
        }
        else
        {
            EmitEncoded(key, item);
        }
    }

    public override void Complete()
    {
        Target target = new(_output);
        _table.DrainLast(ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void EmitEncoded(TKey key, T item)
    {
        Add(ScratchKey.Encode(_node.Order, key, _scratch, _count), item);
        _count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ReadOnlySpan<byte> key, T item)
    {
        ulong hash = KeyHash.Of(key);
        ref TState state = ref _table.Find(key, hash, out bool added);
        if (added)
        {
            AddFirst(key, hash, item, ref state);
        }
        else
        {
            _aggregation.Add(ref state, item);
        }
    }

    // The first item of a key, or one for which there was no room.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddFirst(ReadOnlySpan<byte> key, ulong hash, T item, ref TState state)
    {
        if (Unsafe.IsNullRef(ref state))
        {
            Drain();
            state = ref _table.Find(key, hash, out _);
        }

        if (Unsafe.IsNullRef(ref state))
        {
            // Longer than a segment: no table holds it.
            TState alone = _aggregation.Seed;
            _aggregation.Add(ref alone, item);
            _output.Append(key, hash, MemoryMarshal.AsBytes(new ReadOnlySpan<TState>(in alone)));
            return;
        }

        state = _aggregation.Seed;
        _aggregation.Add(ref state, item);
    }

    private void Drain()
    {
        Target target = new(_output);
        _table.Drain(ref target);
    }

    private readonly struct Target(ShuffleWriter output) : IHashTableTarget<TState>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(ReadOnlySpan<byte> key, in TState state) =>
            output.Append(key, KeyHash.Of(key), MemoryMarshal.AsBytes(new ReadOnlySpan<TState>(in state)));
    }
}

/// <summary>Merges the states of equal keys.</summary>
internal sealed class AggregateCombiner<T, TState> : Combiner
    where T : allows ref struct
    where TState : unmanaged
{
    private readonly Aggregation<T, TState> _aggregation;

    public AggregateCombiner(Aggregation<T, TState> aggregation)
    {
        _aggregation = aggregation;
    }

    public override void Combine(RecordGroup group, IRecordOutput output)
    {
        TState state = Fold(group);
        output.Append(group.Key, MemoryMarshal.AsBytes(new ReadOnlySpan<TState>(in state)));
    }

    /// <summary>Merges what is left of the group; it must have a record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TState Fold(RecordGroup group)
    {
        group.MoveNext();
        TState state = MemoryMarshal.Read<TState>(group.Value);
        while (group.MoveNext())
        {
            TState other = MemoryMarshal.Read<TState>(group.Value);
            _aggregation.Merge(ref state, in other);
        }

        return state;
    }
}
