using System.Collections;

namespace Sluice.Jobs;

/// <summary>
/// The items of one key, in the order of the input; read one by one while they are walked, never collected.
/// </summary>
/// <remarks>
/// A walk may end anywhere; what is left of the group is skipped. Each further walk begins at the first item again,
/// also while another is under way, if the walked items fit into the part of the task's memory that is kept for it;
/// every walk reads the items anew, as new objects. Valid until the next key's turn, on the task's thread; used later,
/// it throws. A <c>foreach</c> allocates nothing; as an <see cref="IEnumerable{T}"/> it is LINQ's.
/// </remarks>
/// <typeparam name="T">May be a span of bytes, which is valid until a walk over the group goes on.</typeparam>
public readonly struct GroupValues<T> : IEnumerable<T>
    where T : allows ref struct
{
    private readonly GroupSource<T> _source;
    private readonly long _group;

    /// <param name="source">Reads the items.</param>
    /// <param name="group">The number of the group whose turn it is.</param>
    public GroupValues(GroupSource<T> source, long group)
    {
        _source = source;
        _group = group;
    }

    public Enumerator GetEnumerator() => new(_source, _group);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One walk.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly GroupSource<T> _source;
        private readonly long _group;
        private long _current = GroupSource<T>.BeforeFirst;
        private long _following;

        internal Enumerator(GroupSource<T> source, long group)
        {
            _source = source;
            _group = group;
        }

        /// <summary>The item the walk stands at, read anew at each call.</summary>
        public readonly T Current => _source.Read(_group, _current);

        readonly object IEnumerator.Current =>
            throw new NotSupportedException($"Items are not boxed; walk them as IEnumerable<{typeof(T).Name}>.");

        /// <exception cref="InvalidOperationException">It is another key's turn by now.</exception>
        public bool MoveNext() => _source.MoveNext(_group, ref _following, out _current);

        public readonly void Reset() => throw new NotSupportedException("Begin a new walk instead.");

        public readonly void Dispose()
        {
        }
    }
}

/// <summary>Reads the items of the groups of one task, one group after the other.</summary>
/// <remarks>What a position means is its own affair: walks only keep them, from 0 on.</remarks>
public abstract class GroupSource<T>
    where T : allows ref struct
{
    /// <summary>Where a walk stands that has not begun.</summary>
    public const long BeforeFirst = -1;

    /// <summary>Goes on to the item at a position.</summary>
    /// <param name="group">The walk's group.</param>
    /// <param name="following">In: where the walk goes on. Out: the position behind the item.</param>
    /// <param name="current">The item's position.</param>
    /// <returns>False behind the last.</returns>
    /// <exception cref="InvalidOperationException">It is another group's turn.</exception>
    public abstract bool MoveNext(long group, ref long following, out long current);

    /// <summary>Reads the item that a walk stands at.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is another group's turn, or the walk stands at no item.
    /// </exception>
    public abstract T Read(long group, long current);
}

/// <summary>Makes any number of items of one key and its values, emitted one by one.</summary>
/// <param name="key">The key; valid during the call.</param>
/// <param name="values">The items of the key; valid during the call.</param>
/// <param name="output">Takes what is made.</param>
public delegate void GroupSelector<TKey, T, TOut>(TKey key, GroupValues<T> values, Emitter<TOut> output)
    where TKey : allows ref struct
    where T : allows ref struct
    where TOut : allows ref struct;
