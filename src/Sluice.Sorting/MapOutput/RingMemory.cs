using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>The segments a ring holds of its task's pool, never more than its maximum.</summary>
/// <remarks>Threading: the collector takes, collector and spiller say what they gave back.</remarks>
internal sealed class RingMemory
{
    private readonly IBufferPool _pool;
    private readonly CancellationToken _cancellation;
    private readonly int _maximum;
    private int _held;

    /// <param name="pool">The task's pool.</param>
    /// <param name="maximum">Segments the ring may hold at once.</param>
    /// <param name="cancellationToken">Ends waiting for memory.</param>
    public RingMemory(IBufferPool pool, int maximum, CancellationToken cancellationToken)
    {
        _pool = pool;
        _maximum = maximum;
        _cancellation = cancellationToken;
    }

    /// <summary>Takes a segment, if the ring should have one more now; if not, it is time to spill.</summary>
    public bool TryTake(out NetworkBuffer buffer)
    {
        buffer = default;
        if (Volatile.Read(ref _held) >= _maximum)
        {
            return false;
        }

        if (_pool.TryRequest(out buffer))
        {
            Interlocked.Increment(ref _held);
            return true;
        }

        // Below its minimum the task does not spill for others: the pool reclaims what it lent them.
        if (_pool.Lent < _pool.Minimum)
        {
            buffer = Take();
            return true;
        }

        return false;
    }

    /// <summary>Waits for a segment.</summary>
    public NetworkBuffer Take()
    {
        NetworkBuffer buffer = _pool.Request(_cancellation);
        Interlocked.Increment(ref _held);
        return buffer;
    }

    /// <summary>The ring gave <paramref name="segments"/> back to the pool.</summary>
    public void Returned(int segments) => Interlocked.Add(ref _held, -segments);
}
