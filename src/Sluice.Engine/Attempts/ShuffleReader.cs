using System.Runtime.CompilerServices;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>The reading half of a shuffle: turns merged records back into items.</summary>
internal sealed class ShuffleReader : NodeVisitor<bool>
{
    private readonly RunMerger _records;
    private readonly int _partition;
    private readonly object _next;
    private readonly TaskContext _context;

    // Asked for each record: what is made of one may take long.
    private readonly CancellationToken _cancellation;
    private long _read;

    public ShuffleReader(RunMerger records, object next, TaskContext context)
    {
        _records = records;
        _partition = context.Id.Task;
        _next = next;
        _context = context;
        _cancellation = context.Cancellation;
    }

    /// <summary>Records read and keys given, where equal keys are folded.</summary>
    public CombineCount Folded { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Visit(OrderBytesNode node)
    {
        Operator<ReadOnlySpan<byte>> next = (Operator<ReadOnlySpan<byte>>)_next;
        bool isPrefix = node.Key.IsPrefix;
        if (node.Duplicates == Duplicates.Drop)
        {
            MergeGroup group = new(_records);
            while (NextGroup(group))
            {
                group.MoveNext();
                next.Emit(isPrefix ? group.Record : group.Value);
            }

            Folded = new CombineCount(group.RecordCount, group.GroupCount);
        }
        else
        {
            while (NextRecord())
            {
                next.Emit(isPrefix ? _records.Record : _records.Record[_records.KeyLength..]);
            }
        }

        next.Complete();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Visit<T, TKey>(OrderNode<T, TKey> node)
    {
        Operator<T> next = (Operator<T>)_next;
        if (node.Duplicates == Duplicates.Drop)
        {
            MergeGroup group = new(_records, node.Order.Comparison);
            while (NextGroup(group))
            {
                group.MoveNext();
                next.Emit(Read(node.Serializer, group.Value));
            }

            Folded = new CombineCount(group.RecordCount, group.GroupCount);
        }
        else
        {
            while (NextRecord())
            {
                next.Emit(Read(node.Serializer, _records.Record[_records.KeyLength..]));
            }
        }

        next.Complete();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node)
    {
        Operator<Group<TKey, TState>> next = (Operator<Group<TKey, TState>>)_next;
        AggregateCombiner<T, TState> combiner = new(node.Aggregation);
        MergeGroup group = new(_records, node.Order.Comparison);
        while (NextGroup(group))
        {
            TState state = combiner.Fold(group);
            next.Emit(new Group<TKey, TState>(Decode(node.Order, group.Key), state));
        }

        Folded = new CombineCount(group.RecordCount, group.GroupCount);
        next.Complete();
        return true;
    }

    public override bool Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node)
    {
        GuardedEmitter<TOut> next = new((Operator<TOut>)_next, _cancellation);
        MergeGroup group = new(_records);
        using GroupBuffer buffer = new(
            _context.Pool, _context.SegmentSize, _context.Memory.Groups, _context.Cancellation);
        GroupWalks<T> walks = new(group, node.Serializer, buffer, _context);
        while (NextGroup(group))
        {
            TKey key = Decode(node.Order, group.Key);
            next.Begin();
            try
            {
                node.Selector(key, walks.Begin(), next);
            }
            catch when (walks.Failure is not null || next.Failure is not null)
            {
                // Thrown below as it was, whatever the selector made of it.
            }

            next.End();
            walks.End();
        }

        ((Operator<TOut>)_next).Complete();
        return true;
    }

    public override bool Visit<T>(TopNode<T> node)
    {
        Operator<T> next = (Operator<T>)_next;

        // All records are read, so that the sums at both ends of the shuffle can be compared.
        for (long taken = 0; NextRecord(); taken++)
        {
            if (taken < node.Count)
            {
                next.Emit(Read(node.Serializer, _records.Record[_records.KeyLength..]));
            }
        }

        next.Complete();
        return true;
    }

    private T Read<T>(Serializer<T> serializer, ReadOnlySpan<byte> bytes)
        where T : allows ref struct
    {
        try
        {
            _read++;
            return serializer.Read(bytes);
        }
        catch (Exception exception)
        {
            throw ItemCodecException.Reading(typeof(T), _read - 1, _partition, exception);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TKey Decode<TKey>(KeyOrder<TKey> order, ReadOnlySpan<byte> key)
        where TKey : allows ref struct
    {
        try
        {
            _read++;
            return order.Decode(key);
        }
        catch (Exception exception)
        {
            throw ItemCodecException.Reading(typeof(TKey), _read - 1, _partition, exception);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool NextRecord()
    {
        _cancellation.ThrowIfCancellationRequested();
        return _records.MoveNext();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool NextGroup(MergeGroup group)
    {
        _cancellation.ThrowIfCancellationRequested();
        return group.NextGroup();
    }
}
