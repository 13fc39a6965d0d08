using System.Diagnostics.CodeAnalysis;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Decodes compressed blocks into a segment of its own, each over the one before.</summary>
/// <remarks>
/// Ownership: the segment is taken from the pool for the first block, and released by Dispose. Threading: one thread.
/// </remarks>
internal sealed class BlockDecoder(IBufferPool pool, CancellationToken cancellation) : IDisposable
{
    private NetworkBuffer _room;

    /// <summary>Decodes one block.</summary>
    /// <param name="payload">As it was stored.</param>
    /// <param name="codec">By which codec.</param>
    /// <param name="rawLength">Bytes that it must give, as the block's header has it.</param>
    /// <param name="decoded">The segment with those bytes at its start; they stay until the next block.</param>
    /// <returns>False when it gives others, or more than a segment holds.</returns>
    public bool TryDecode(
        ReadOnlySpan<byte> payload,
        IBlockCodec codec,
        int rawLength,
        [NotNullWhen(true)] out MemorySegment? decoded)
    {
        if (!_room.IsLive)
        {
            _room = pool.Request(cancellation);
        }

        MemorySegment room = _room.Segment;
        bool isWhole = (uint)rawLength <= (uint)room.Size
            && codec.TryDecompress(payload, room.Slice(0, rawLength));
        decoded = isWhole ? room : null;
        return isWhole;
    }

    public void Dispose()
    {
        if (_room.IsLive)
        {
            _room.Release();
        }
    }
}
