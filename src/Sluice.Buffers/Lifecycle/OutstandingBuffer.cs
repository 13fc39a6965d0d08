namespace Sluice.Buffers;

/// <summary>A buffer that was requested and has not come back.</summary>
/// <param name="Life">Which segment, and in which of its lives.</param>
/// <param name="Owner">The owner label of the pool it was requested from.</param>
/// <param name="Holders">How many hold it.</param>
public readonly record struct OutstandingBuffer(BufferLife Life, string Owner, int Holders)
{
    public override string ToString() =>
        $"segment {Life.Segment} (life {Life.Generation}) of '{Owner}' with {Holders} holder(s)";
}
