namespace Sluice.Buffers;

/// <summary>A minimum was asked for that the other guarantees do not leave. Nothing was changed.</summary>
public sealed class InsufficientBuffersException : Exception
{
    internal InsufficientBuffersException(
        string requester, int wanted, int total, int guaranteed, string guarantees, IReadOnlyList<BufferHolder> holders)
        : base(
            $"'{requester}' wants {wanted} buffers guaranteed, but of {total} there are {guaranteed} guaranteed to " +
            $"others ({guarantees}), which leaves {total - guaranteed}. Now: {BufferHolder.Describe(holders)}. " +
            $"Raise {nameof(NetworkBufferPoolOptions)}.{nameof(NetworkBufferPoolOptions.SegmentCount)} ({total}), " +
            $"lower a {nameof(BufferPoolOptions)}.{nameof(BufferPoolOptions.Minimum)}, or run fewer tasks at once.")
    {
        Requester = requester;
        Wanted = wanted;
        Holders = holders;
    }

    /// <summary>The owner label of the pool that was to be made or resized.</summary>
    public string Requester { get; }

    /// <summary>The minimum it asked for, in buffers.</summary>
    public int Wanted { get; }

    /// <summary>Everybody who holds buffers at that moment.</summary>
    public IReadOnlyList<BufferHolder> Holders { get; }
}
