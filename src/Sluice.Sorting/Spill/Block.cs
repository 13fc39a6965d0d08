using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>
/// One sealed block where it lies in a segment. Whoever is handed it owns one reference to its buffer.
/// </summary>
/// <param name="Buffer">Holds the block; released by the block's owner.</param>
/// <param name="Offset">Where the block's header starts in the segment.</param>
/// <param name="Length">Header and payload, bytes.</param>
public readonly record struct Block(NetworkBuffer Buffer, int Offset, int Length)
{
    /// <summary>Header and payload.</summary>
    public ReadOnlySpan<byte> Bytes => Buffer.Segment.Slice(Offset, Length);

    /// <summary>Gives the owner's reference back.</summary>
    public void Release() => Buffer.Release();
}
