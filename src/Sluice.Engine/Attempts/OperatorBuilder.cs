using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Chains the steps of a stage, from its output back to its input.</summary>
internal sealed class OperatorBuilder : NodeVisitor<bool>
{
    private readonly CancellationToken _cancellation;

    /// <param name="last">The operator that writes.</param>
    /// <param name="cancellation">Ends what would emit for ever.</param>
    public OperatorBuilder(object last, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        First = last;
    }

    /// <summary>The operator that takes what the input gives; an Operator of the input's item type.</summary>
    public object First { get; private set; }

    public override bool Visit<TIn, TOut>(SelectNode<TIn, TOut> node) =>
        Prepend(new SelectOperator<TIn, TOut>(node.Selector, (Operator<TOut>)First));

    public override bool Visit<T>(WhereNode<T> node) =>
        Prepend(new WhereOperator<T>(node.Predicate, (Operator<T>)First));

    public override bool Visit<TIn, TOut>(SelectManyNode<TIn, TOut> node) =>
        Prepend(new SelectManyOperator<TIn, TOut>(node.Selector, (Operator<TOut>)First, _cancellation));

    private bool Prepend(object operation)
    {
        First = operation;
        return true;
    }
}

/// <summary>What folds equal keys of a shuffle; null for those that keep all records.</summary>
internal sealed class CombinerBuilder : NodeVisitor<Combiner?>
{
    public override Combiner? Visit(OrderBytesNode node) => For(node.Duplicates);

    public override Combiner? Visit<T, TKey>(OrderNode<T, TKey> node) => For(node.Duplicates);

    public override Combiner? Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node) =>
        new AggregateCombiner<T, TState>(node.Aggregation);

    public override Combiner? Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node) => null;

    public override Combiner? Visit<T>(TopNode<T> node) => null;

    private static FirstRecordCombiner? For(Duplicates duplicates) =>
        duplicates == Duplicates.Drop ? new FirstRecordCombiner() : null;
}

/// <summary>What orders the keys of a shuffle; null where they compare as bytes.</summary>
internal sealed class KeyComparisonFinder : NodeVisitor<KeyComparison?>
{
    public override KeyComparison? Visit(OrderBytesNode node) => null;

    public override KeyComparison? Visit<T, TKey>(OrderNode<T, TKey> node) => node.Order.Comparison;

    public override KeyComparison? Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node) => node.Order.Comparison;

    public override KeyComparison? Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node) => null;

    public override KeyComparison? Visit<T>(TopNode<T> node) => node.Order.Comparison;
}

/// <summary>The operator that samples the keys of a sorting shuffle.</summary>
internal sealed class SamplerBuilder(KeySample sample) : NodeVisitor<object>
{
    public override object Visit(OrderBytesNode node) => new OrderBytesSampler(node.Key, sample);

    public override object Visit<T, TKey>(OrderNode<T, TKey> node) => new OrderSampler<T, TKey>(node, sample);
}

/// <summary>The operator that writes into a shuffle.</summary>
internal sealed class ShuffleWriterBuilder : NodeVisitor<object>
{
    private readonly TaskContext _context;
    private readonly TaskMemory _memory;
    private readonly ShuffleWriter _output;
    private IDisposable? _table;

    public ShuffleWriterBuilder(TaskContext context, TaskMemory memory, ShuffleWriter output)
    {
        _context = context;
        _memory = memory;
        _output = output;
    }

    public override object Visit(OrderBytesNode node) => new OrderBytesWriter(node.Key, _output);

    public override object Visit<T, TKey>(OrderNode<T, TKey> node) =>
        new ItemWriter<T, TKey>(node.KeySelector, node.Order, node.Serializer, _output);

    public override object Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node)
    {
        HashTable<TState> table = new(_context.Pool, _context.SegmentSize, _memory.Table, _context.Cancellation);
        _table = table;
        return new AggregateWriter<T, TKey, TState>(node, table, _output);
    }

    public override object Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node) =>
        new ItemWriter<T, TKey>(node.KeySelector, node.Order, node.Serializer, _output);

    public override object Visit<T>(TopNode<T> node) =>
        new TopWriter<T>(node, _context.TopRoom, _output);

    /// <summary>Gives the hash table's memory back, when there is one.</summary>
    public void DisposeTable()
    {
        _table?.Dispose();
        _table = null;
    }
}

/// <summary>The operator that writes a part.</summary>
internal sealed class SinkBuilder : NodeVisitor<object>
{
    private readonly BytesSink _sink;

    public SinkBuilder(BytesSink sink)
    {
        _sink = sink;
    }

    public override object Visit(WriteBytesNode node) => _sink;

    public override object Visit<T>(WriteNode<T> node) => new LineSink<T>(node.Formatter, _sink);
}
