using System.Collections.Concurrent;

namespace Sluice.Exchange;

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

    /// <summary>Frees an output; nothing happens when it is gone already.</summary>
    public void Release(OutputId id)
    {
        if (_outputs.TryRemove(id, out Entry? entry))
        {
            entry.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (OutputId id in _outputs.Keys)
        {
            Release(id);
        }
    }

    private sealed record Entry(ResultPartition Output, IDisposable? Pool) : IDisposable
    {
        public void Dispose()
        {
            Output.Dispose();
            Pool?.Dispose();
        }
    }
}
