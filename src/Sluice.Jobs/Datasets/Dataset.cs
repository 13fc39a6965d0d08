using Sluice.Sorting;

namespace Sluice.Jobs;

/// <summary>Items on their way through a job; each method adds a step. Nothing runs here.</summary>
/// <remarks>
/// Threading: tasks run at the same time and share the delegates that are given here, so what those use besides their
/// arguments must be safe for several threads.
/// </remarks>
/// <typeparam name="T">May be a span of bytes, so that no record is allocated.</typeparam>
public sealed class Dataset<T>
    where T : allows ref struct
{
    internal Dataset(JobBuilder job, DatasetNode node)
    {
        Job = job;
        Node = node;
    }

    internal JobBuilder Job { get; }

    internal DatasetNode Node { get; }

    /// <summary>One item for each.</summary>
    public Dataset<TOut> Select<TOut>(Func<T, TOut> selector)
        where TOut : allows ref struct => new(Job, new SelectNode<T, TOut>(Node, selector));

    /// <summary>Only the items that <paramref name="predicate"/> is true for.</summary>
    public Dataset<T> Where(Func<T, bool> predicate) => new(Job, new WhereNode<T>(Node, predicate));

    /// <summary>Any number of items for each, emitted one by one.</summary>
    public Dataset<TOut> SelectMany<TOut>(Action<T, Emitter<TOut>> selector)
        where TOut : allows ref struct => new(Job, new SelectManyNode<T, TOut>(Node, selector));

    /// <summary>Brings the items of each key together; an aggregation, or a walk over the items, follows.</summary>
    /// <param name="keySelector">An item's key.</param>
    /// <param name="order">The keys' order, not one by comparison; null takes the natural one of a built-in
    /// type.</param>
    public GroupedDataset<T, TKey> GroupBy<TKey>(Func<T, TKey> keySelector, KeyOrder<TKey>? order = null)
        where TKey : allows ref struct => order?.Comparison is null
            ? new(this, keySelector, order ?? Natural.Order<TKey>("GroupBy"))
            : throw new SluiceException(SluiceErrors.OrderCannotGroup("GroupBy", typeof(TKey).Name));

    /// <summary>A total order over all items.</summary>
    /// <param name="keySelector">What an item is ordered by.</param>
    /// <param name="order">The keys' order; null takes the natural one of a built-in type.</param>
    /// <param name="duplicates">What becomes of items with equal keys.</param>
    /// <param name="serializer">Carries the items; null takes the one that is known for their type.</param>
    public Dataset<T> OrderBy<TKey>(
        Func<T, TKey> keySelector,
        KeyOrder<TKey>? order = null,
        Duplicates duplicates = Duplicates.Keep,
        Serializer<T>? serializer = null)
        where TKey : allows ref struct => new(Job, new OrderNode<T, TKey>(
            Node,
            keySelector,
            order ?? Natural.Order<TKey>("OrderBy"),
            serializer ?? Natural.Serializer<T>("OrderBy"),
            duplicates));

    /// <summary>The first <paramref name="count"/> items in an order, as one part.</summary>
    public Dataset<T> Top(int count, KeyOrder<T> order, Serializer<T>? serializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new Dataset<T>(Job, new TopNode<T>(Node, count, order, serializer ?? Natural.Serializer<T>("Top")));
    }

    /// <summary>Writes each item as a line.</summary>
    public void Write(string directory, RecordFormatter<T> formatter) =>
        Job.Finish(new WriteNode<T>(Node, directory, formatter));
}

/// <summary>Items brought together by key.</summary>
public sealed class GroupedDataset<T, TKey>
    where T : allows ref struct
    where TKey : allows ref struct
{
    private readonly Dataset<T> _items;
    private readonly Func<T, TKey> _keySelector;
    private readonly KeyOrder<TKey> _order;

    internal GroupedDataset(Dataset<T> items, Func<T, TKey> keySelector, KeyOrder<TKey> order)
    {
        _items = items;
        _keySelector = keySelector;
        _order = order;
    }

    /// <summary>How many items each key has.</summary>
    public Dataset<Group<TKey, long>> Count() => Aggregate(new CountAggregation<T>());

    /// <summary>Folds the items of each key.</summary>
    public Dataset<Group<TKey, TState>> Aggregate<TState>(Aggregation<T, TState> aggregation)
        where TState : unmanaged => new(
            _items.Job, new AggregateNode<T, TKey, TState>(_items.Node, _keySelector, _order, aggregation));

    /// <summary>Folds the items of each key.</summary>
    /// <param name="seed">The state before the first item. Several partial states of a key begin with it, so merging it
    /// must change nothing, as 0 does to a sum.</param>
    /// <param name="add">Adds one item.</param>
    /// <param name="merge">Adds another state; must not depend on order.</param>
    public Dataset<Group<TKey, TState>> Aggregate<TState>(
        TState seed, AddItem<T, TState> add, MergeStates<TState> merge)
        where TState : unmanaged => Aggregate(new DelegateAggregation<T, TState>(seed, add, merge));

    /// <summary>One item for each key, from its items.</summary>
    /// <remarks>
    /// All items go through the shuffle: where they can be folded, <see cref="Count"/> and Aggregate are quicker.
    /// </remarks>
    /// <param name="selector">Gets the key and its items, which it may walk in part, or again.</param>
    /// <param name="serializer">Carries the items; null takes the one that is known for their type.</param>
    public Dataset<TOut> Select<TOut>(Func<TKey, GroupValues<T>, TOut> selector, Serializer<T>? serializer = null)
        where TOut : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(selector);
        return SelectMany<TOut>((key, values, output) => output.Emit(selector(key, values)), serializer);
    }

    /// <summary>Any number of items for each key, emitted one by one.</summary>
    /// <inheritdoc cref="Select"/>
    public Dataset<TOut> SelectMany<TOut>(GroupSelector<TKey, T, TOut> selector, Serializer<T>? serializer = null)
        where TOut : allows ref struct => new(_items.Job, new GroupNode<T, TKey, TOut>(
            _items.Node, _keySelector, _order, serializer ?? Natural.Serializer<T>("GroupBy"), selector));
}

/// <summary>What only datasets of byte records can do.</summary>
public static class ByteDatasets
{
    /// <summary>A total order by bytes of the record itself.</summary>
    public static Dataset<ReadOnlySpan<byte>> OrderBy(
        this Dataset<ReadOnlySpan<byte>> records, ByteKey key, Duplicates duplicates = Duplicates.Keep) =>
        new(records.Job, new OrderBytesNode(records.Node, key, duplicates));

    /// <summary>Writes records as they are, in a format.</summary>
    public static void Write(this Dataset<ReadOnlySpan<byte>> records, string directory, RecordFormat format) =>
        records.Job.Finish(new WriteBytesNode(records.Node, directory, format));
}

/// <summary>Writes text.</summary>
public static class TextDatasets
{
    /// <summary>Writes each text as a line of UTF-8.</summary>
    public static void Write(this Dataset<string> texts, string directory) =>
        texts.Write(directory, static (string text, ref RecordWriter line) => line.WriteText(text));
}

/// <summary>Finds what a type brings along, or says what is missing.</summary>
internal static class Natural
{
    public static KeyOrder<TKey> Order<TKey>(string step)
        where TKey : allows ref struct => KeyOrders.Find<TKey>() ?? throw new SluiceException(
            SluiceErrors.NoKeyOrder(step, NameOf(typeof(TKey))));

    public static Serializer<T> Serializer<T>(string step)
        where T : allows ref struct => Serializers.Find<T>() ?? throw new SluiceException(
            SluiceErrors.NoSerializer(step, NameOf(typeof(T))));

    // As it is written in C#, but for the words that stand for built-in types.
    private static string NameOf(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.Name;
        }

        string parts = string.Join(", ", type.GetGenericArguments().Select(NameOf));
        return type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
            ? $"({parts})"
            : $"{type.Name.Split('`')[0]}<{parts}>";
    }
}
