namespace Sluice.Buffers;

/// <summary>No buffer came in time. Nothing was taken.</summary>
public sealed class BufferTimeoutException : TimeoutException
{
    internal BufferTimeoutException(BufferShortage shortage, TimeSpan timeout)
        : base(shortage.Describe(timeout))
    {
        Requester = shortage.Requester;
        Holders = shortage.Holders;
    }

    /// <summary>The owner label of the pool that waited.</summary>
    public string Requester { get; }

    /// <summary>Everybody who held buffers at that moment.</summary>
    public IReadOnlyList<BufferHolder> Holders { get; }
}
