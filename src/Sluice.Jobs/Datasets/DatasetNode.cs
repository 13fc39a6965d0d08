using System.Runtime.CompilerServices;
using Sluice.Sorting;

namespace Sluice.Jobs;

/// <summary>One step of a job as the user wrote it: a description, which the planner cuts into stages.</summary>
public abstract class DatasetNode
{
    private protected DatasetNode(DatasetNode? input)
    {
        Input = input;
    }

    /// <summary>The step before; null for what reads.</summary>
    public DatasetNode? Input { get; }

    /// <summary>What `explain` calls it.</summary>
    public abstract string Name { get; }

    /// <summary>How records find their partition where they change machines; null where they do not.</summary>
    public virtual Partitioning? Partitioning => null;

    /// <summary>Whether items are folded by key in a table, in front of the shuffle.</summary>
    public virtual bool Folds => false;

    /// <summary>Whether the items of a key are walked behind the shuffle, as often as their reader likes.</summary>
    public virtual bool WalksGroups => false;

    /// <summary>
    /// Whether a task may write fewer records than it is given: how many they are then depends on when its memory was
    /// full, and differs from attempt to attempt.
    /// </summary>
    public virtual bool Combines => false;

    /// <summary>Calls the method of the node's own type, with its types.</summary>
    public abstract TResult Accept<TResult>(IDatasetVisitor<TResult> visitor);
}

/// <summary>Does something with each kind of node.</summary>
public interface IDatasetVisitor<TResult>
{
    TResult Visit(ReadNode node);

    TResult Visit<TIn, TOut>(SelectNode<TIn, TOut> node)
        where TIn : allows ref struct
        where TOut : allows ref struct;

    TResult Visit<T>(WhereNode<T> node)
        where T : allows ref struct;

    TResult Visit<TIn, TOut>(SelectManyNode<TIn, TOut> node)
        where TIn : allows ref struct
        where TOut : allows ref struct;

    TResult Visit(OrderBytesNode node);

    TResult Visit<T, TKey>(OrderNode<T, TKey> node)
        where T : allows ref struct
        where TKey : allows ref struct;

    TResult Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node)
        where T : allows ref struct
        where TKey : allows ref struct
        where TState : unmanaged;

    TResult Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node)
        where T : allows ref struct
        where TKey : allows ref struct
        where TOut : allows ref struct;

    TResult Visit<T>(TopNode<T> node)
        where T : allows ref struct;

    TResult Visit(WriteBytesNode node);

    TResult Visit<T>(WriteNode<T> node)
        where T : allows ref struct;
}

/// <summary>Reads the records of files.</summary>
public sealed class ReadNode(RecordFormat format, IReadOnlyList<string> inputs) : DatasetNode(null)
{
    public override string Name => $"read {Format.Name}";

    public RecordFormat Format { get; } = format ?? throw new ArgumentNullException(nameof(format));

    /// <summary>Files, directories and globs, as the user named them.</summary>
    public IReadOnlyList<string> Inputs { get; } = inputs;

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>One item for each.</summary>
public sealed class SelectNode<TIn, TOut>(DatasetNode input, Func<TIn, TOut> selector) : DatasetNode(input)
    where TIn : allows ref struct
    where TOut : allows ref struct
{
    public override string Name => "select";

    public Func<TIn, TOut> Selector { get; } = selector ?? throw new ArgumentNullException(nameof(selector));

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Only some items.</summary>
public sealed class WhereNode<T>(DatasetNode input, Func<T, bool> predicate) : DatasetNode(input)
    where T : allows ref struct
{
    public override string Name => "where";

    public Func<T, bool> Predicate { get; } = predicate ?? throw new ArgumentNullException(nameof(predicate));

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Any number of items for each.</summary>
public sealed class SelectManyNode<TIn, TOut>(DatasetNode input, Action<TIn, Emitter<TOut>> selector)
    : DatasetNode(input)
    where TIn : allows ref struct
    where TOut : allows ref struct
{
    public override string Name => "select many";

    public Action<TIn, Emitter<TOut>> Selector { get; } = Delegates.Synchronous(selector);

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>What becomes of records whose keys are equal.</summary>
public enum Duplicates
{
    /// <summary>All stay, in the order of the input.</summary>
    Keep,

    /// <summary>The first stays.</summary>
    Drop,
}

/// <summary>Orders byte records by bytes of their own.</summary>
public sealed class OrderBytesNode(DatasetNode input, ByteKey key, Duplicates duplicates) : DatasetNode(input)
{
    public override string Name => Duplicates == Duplicates.Drop ? $"order by {Key}, unique" : $"order by {Key}";

    public override Partitioning? Partitioning => Jobs.Partitioning.Range;

    public ByteKey Key { get; } = key;

    public override bool Combines => Duplicates == Duplicates.Drop;

    public Duplicates Duplicates { get; } = duplicates;

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Orders items by a key.</summary>
public sealed class OrderNode<T, TKey>(
    DatasetNode input,
    Func<T, TKey> keySelector,
    KeyOrder<TKey> order,
    Serializer<T> serializer,
    Duplicates duplicates) : DatasetNode(input)
    where T : allows ref struct
    where TKey : allows ref struct
{
    public override string Name => Duplicates == Duplicates.Drop ? "order, unique" : "order";

    public override Partitioning? Partitioning => Jobs.Partitioning.Range;

    public Func<T, TKey> KeySelector { get; } = keySelector ?? throw new ArgumentNullException(nameof(keySelector));

    public KeyOrder<TKey> Order { get; } = order ?? throw new ArgumentNullException(nameof(order));

    public Serializer<T> Serializer { get; } = serializer;

    public override bool Combines => Duplicates == Duplicates.Drop;

    public Duplicates Duplicates { get; } = duplicates;

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Folds the items of each key.</summary>
public sealed class AggregateNode<T, TKey, TState>(
    DatasetNode input,
    Func<T, TKey> keySelector,
    KeyOrder<TKey> order,
    Aggregation<T, TState> aggregation) : DatasetNode(input)
    where T : allows ref struct
    where TKey : allows ref struct
    where TState : unmanaged
{
    public override string Name => "aggregate";

    public override Partitioning? Partitioning => Jobs.Partitioning.Hash;

    public override bool Folds => true;

    public override bool Combines => true;

    public Func<T, TKey> KeySelector { get; } = keySelector ?? throw new ArgumentNullException(nameof(keySelector));

    public KeyOrder<TKey> Order { get; } = order ?? throw new ArgumentNullException(nameof(order));

    public Aggregation<T, TState> Aggregation { get; } = Unsafe.SizeOf<TState>() <= LargestState
        ? aggregation ?? throw new ArgumentNullException(nameof(aggregation))
        : throw new ArgumentException(
            $"A state of {typeof(TState).Name} has {Unsafe.SizeOf<TState>()} bytes, and no more than {LargestState} are " +
            "folded: walk the items of each key with Select instead.",
            nameof(aggregation));

    // States are copied on the stack.
    private const int LargestState = 64 << 10;

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Brings the items of each key together and makes others of them.</summary>
public sealed class GroupNode<T, TKey, TOut>(
    DatasetNode input,
    Func<T, TKey> keySelector,
    KeyOrder<TKey> order,
    Serializer<T> serializer,
    GroupSelector<TKey, T, TOut> selector) : DatasetNode(input)
    where T : allows ref struct
    where TKey : allows ref struct
    where TOut : allows ref struct
{
    public override string Name => "group";

    public override Partitioning? Partitioning => Jobs.Partitioning.Hash;

    public override bool WalksGroups => true;

    public Func<T, TKey> KeySelector { get; } = keySelector ?? throw new ArgumentNullException(nameof(keySelector));

    public KeyOrder<TKey> Order { get; } = order ?? throw new ArgumentNullException(nameof(order));

    public Serializer<T> Serializer { get; } = serializer;

    public GroupSelector<TKey, T, TOut> Selector { get; } = Delegates.Synchronous(selector);

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The first items in an order.</summary>
public sealed class TopNode<T>(DatasetNode input, int count, KeyOrder<T> order, Serializer<T> serializer)
    : DatasetNode(input)
    where T : allows ref struct
{
    public override string Name => $"top {Count}";

    public override Partitioning? Partitioning => Jobs.Partitioning.One;

    public override bool Combines => true;

    public int Count { get; } = count;

    public KeyOrder<T> Order { get; } = order ?? throw new ArgumentNullException(nameof(order));

    public Serializer<T> Serializer { get; } = serializer;

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>What all nodes that write have in common.</summary>
public abstract class SinkNode : DatasetNode
{
    private protected SinkNode(DatasetNode input, string directory)
        : base(input)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (directory.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("No path has a null character.", nameof(directory));
        }

        Directory = directory;
    }

    /// <summary>Receives the parts and at last `_SUCCESS`.</summary>
    public string Directory { get; }
}

/// <summary>Writes byte records in a format.</summary>
public sealed class WriteBytesNode(DatasetNode input, string directory, RecordFormat format)
    : SinkNode(input, directory)
{
    public override string Name => $"write {Format.Name}";

    public RecordFormat Format { get; } = format ?? throw new ArgumentNullException(nameof(format));

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Writes items as lines.</summary>
public sealed class WriteNode<T>(DatasetNode input, string directory, RecordFormatter<T> formatter)
    : SinkNode(input, directory)
    where T : allows ref struct
{
    public override string Name => "write lines";

    public RecordFormatter<T> Formatter { get; } = formatter ?? throw new ArgumentNullException(nameof(formatter));

    public override TResult Accept<TResult>(IDatasetVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Writes one item as a line, without its line feed.</summary>
public delegate void RecordFormatter<T>(T item, ref RecordWriter line)
    where T : allows ref struct;
