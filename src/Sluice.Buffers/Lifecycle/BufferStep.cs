namespace Sluice.Buffers;

/// <summary>One step in the life of a buffer.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Life">In which life of which segment.</param>
/// <param name="Owner">The owner label of the pool it was requested from.</param>
/// <param name="Holder">Who holds it from now on; at a release and a recycle, who held it until now.</param>
/// <param name="From">
/// At a retain, whose handle was retained; at a hand-over, who held it until now. Otherwise as
/// <paramref name="Holder"/>.
/// </param>
/// <param name="At">When, by the pool's coarse clock; steps some 10 ms apart may show the same time.</param>
public readonly record struct BufferStep(
    BufferStepKind Kind, BufferLife Life, string Owner, HolderPlace Holder, HolderPlace From, TimeSpan At)
{
    /// <summary>At a send and a receipt, the process at the other end, as the exchange calls it.</summary>
    public string? Peer { get; init; }

    public override string ToString() => Kind switch
    {
        BufferStepKind.Sent => $"sent by {Holder} to {Peer}",
        BufferStepKind.Received => $"received by {Holder} from {Peer}",
        BufferStepKind.Read => $"read by {Holder}",
        BufferStepKind.Requested => $"requested by {Holder}",
        BufferStepKind.Retained => $"retained by {Holder} from {From}",
        BufferStepKind.HandedOver => $"handed over by {From} to {Holder}",
        BufferStepKind.Released => $"released by {Holder}",
        BufferStepKind.Recycled => $"recycled after {Holder}",
        _ => $"{Kind} by {Holder}",
    };
}
