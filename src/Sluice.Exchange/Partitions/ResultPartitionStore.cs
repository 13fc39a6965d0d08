using System.Collections.Concurrent;

namespace Sluice.Exchange;

/// <summary>An output that stays while it is read.</summary>
public sealed class OutputUse : IDisposable
{
    private Action? _leave;

    internal OutputUse(ResultPartition output, Action leave)
    {
        Output = output;
        _leave = leave;
    }

    /// <summary>The output.</summary>
    public ResultPartition Output { get; }

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

/// <summary>All finished outputs of a silo, by producer attempt; they outlive the attempts that made them.</summary>
/// <remarks>Threading: any thread.</remarks>
public sealed class ResultPartitionStore : IDisposable
{
    private readonly ConcurrentDictionary<OutputId, Entry> _outputs = new();

    /// <summary>Outputs held now.</summary>
    public int Count => _outputs.Count;

    /// <summary>Takes a finished output over, with what must be disposed after it (its pool).</summary>
    /// <exception cref="InvalidOperationException">This attempt's output is here already.</exception>
    public void Add(ResultPartition output, IDisposable? pool)
    {
        if (!_outputs.TryAdd(output.Id, new Entry(output, pool)))
        {
            throw new InvalidOperationException($"The output of {output.Id} was added before.");
        }
    }

    /// <summary>The output of an attempt, when it is here.</summary>
    public ResultPartition? Find(OutputId id) => _outputs.TryGetValue(id, out Entry? entry) ? entry.Output : null;

    /// <summary>Keeps an output from being freed while it is read.</summary>
    /// <returns>Null when it is not here; else disposed by the reader.</returns>
    public OutputUse? Use(OutputId id) =>
        _outputs.TryGetValue(id, out Entry? entry) && entry.TryEnter()
            ? new OutputUse(entry.Output, entry.Leave)
            : null;

    /// <summary>Gives back what one partition of an output takes, when the output is here; nobody reads it
    /// again.</summary>
    public void Discard(OutputId id, int subpartition)
    {
        using OutputUse? use = Use(id);
        use?.Output.Discard(subpartition);
    }

    /// <summary>
    /// Frees an output, at once or when its last reader has left; nothing happens when it is gone already.
    /// </summary>
    public void Release(OutputId id)
    {
        if (_outputs.TryRemove(id, out Entry? entry))
        {
            entry.Leave();
        }
    }

    public void Dispose()
    {
        foreach (OutputId id in _outputs.Keys)
        {
            Release(id);
        }
    }

    private sealed class Entry(ResultPartition output, IDisposable? pool)
    {
        // The store itself is the first user.
        private int _users = 1;

        public ResultPartition Output => output;

        public bool TryEnter()
        {
            int users = Volatile.Read(ref _users);
            while (users > 0)
            {
                int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
                if (seen == users)
                {
                    return true;
                }

                users = seen;
            }

            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                output.Dispose();
                pool?.Dispose();
            }
        }
    }
}
