namespace Sluice.Buffers;

/// <summary>A buffer that was requested and has not come back.</summary>
/// <param name="Holders">Who holds it, in order of their places.</param>
/// <param name="History">Its life so far.</param>
public sealed record OutstandingBuffer(IReadOnlyList<HolderPlace> Holders, BufferHistory History)
{
    /// <summary>Which segment, and in which of its lives.</summary>
    public BufferLife Life => History.Life;

    /// <summary>The owner label of the pool it was requested from.</summary>
    public string Owner => History.Owner;

    public override string ToString() =>
        $"segment {Life.Segment} (life {Life.Generation}) of '{Owner}', held by {string.Join(", ", Holders)}:{History}";
}
