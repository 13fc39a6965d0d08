using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// A visitor for those nodes only that its derived class knows; any other is a mistake of the planner.
/// </summary>
internal abstract class NodeVisitor<TResult> : IDatasetVisitor<TResult>
{
    public virtual TResult Visit(ReadNode node) => throw Unexpected(node);

    public virtual TResult Visit<TIn, TOut>(SelectNode<TIn, TOut> node)
        where TIn : allows ref struct
        where TOut : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit<T>(WhereNode<T> node)
        where T : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit<TIn, TOut>(SelectManyNode<TIn, TOut> node)
        where TIn : allows ref struct
        where TOut : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit(OrderBytesNode node) => throw Unexpected(node);

    public virtual TResult Visit<T, TKey>(OrderNode<T, TKey> node)
        where T : allows ref struct
        where TKey : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit<T, TKey, TState>(AggregateNode<T, TKey, TState> node)
        where T : allows ref struct
        where TKey : allows ref struct
        where TState : unmanaged => throw Unexpected(node);

    public virtual TResult Visit<T, TKey, TOut>(GroupNode<T, TKey, TOut> node)
        where T : allows ref struct
        where TKey : allows ref struct
        where TOut : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit<T>(TopNode<T> node)
        where T : allows ref struct => throw Unexpected(node);

    public virtual TResult Visit(WriteBytesNode node) => throw Unexpected(node);

    public virtual TResult Visit<T>(WriteNode<T> node)
        where T : allows ref struct => throw Unexpected(node);

    private static InvalidOperationException Unexpected(DatasetNode node) =>
        new($"The planner put '{node.Name}' where a stage cannot have it.");
}
