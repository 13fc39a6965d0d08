using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>The segments of a hash table, in the order in which it took them.</summary>
/// <remarks>Ownership: owns them until it gave them back. Threading: one thread.</remarks>
/// <param name="pool">Gives segments, and takes them back.</param>
/// <param name="maximumSegments">As many as the table may hold.</param>
internal sealed unsafe class TableMemory(IBufferPool pool, int maximumSegments) : IDisposable
{
    private readonly List<NetworkBuffer> _buffers = [];
    private int _released;

    /// <summary>Takes one more segment, and waits for it; returns where it lies.</summary>
    public nint Take(CancellationToken cancellationToken)
    {
        NetworkBuffer buffer = pool.Request(cancellationToken);
        _buffers.Add(buffer);
        return (nint)buffer.Segment.Pointer;
    }

    /// <summary>Takes one more segment when there is one, and the table may have it.</summary>
    /// <returns>Where it lies; null when there is none.</returns>
    public nint? TryTake()
    {
        if (_buffers.Count == maximumSegments || !pool.TryRequest(out NetworkBuffer buffer))
        {
            return null;
        }

        _buffers.Add(buffer);
        return (nint)buffer.Segment.Pointer;
    }

    /// <summary>Gives the first <paramref name="count"/> segments back, of which some may be back already.</summary>
    public void Release(int count)
    {
        for (; _released < count; _released++)
        {
            _buffers[_released].Release();
        }
    }

    public void Dispose() => Release(_buffers.Count);
}
