namespace Sluice.Buffers;

/// <summary>No buffer came in time. Nothing was taken.</summary>
public sealed class BufferTimeoutException : TimeoutException
{
    internal BufferTimeoutException(
        string requester,
        int lent,
        int minimum,
        int maximum,
        TimeSpan timeout,
        int free,
        int total,
        IReadOnlyList<BufferHolder> holders)
        : base(
            $"'{requester}' got no buffer within {timeout.TotalMilliseconds:0} ms: it holds {lent} " +
            $"(minimum {minimum}, maximum {maximum}), {free} of {total} are free; {BufferHolder.Describe(holders)}. " +
            "Give the pool more memory, raise the minimum, or run fewer tasks at once.")
    {
        Requester = requester;
        Holders = holders;
    }

    /// <summary>The owner label of the pool that waited.</summary>
    public string Requester { get; }

    /// <summary>Everybody who held buffers at that moment.</summary>
    public IReadOnlyList<BufferHolder> Holders { get; }
}
