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
    /// <param name="codec">By which codec, as the block's header has it.</param>
    /// <param name="rawLength">Bytes that it must give.</param>
    /// <param name="run">Whose block it is, for messages.</param>
    /// <returns>The segment with those bytes at its start; they stay until the next block.</returns>
    /// <exception cref="InvalidDataException">It gives others, or more than a segment holds.</exception>
    public MemorySegment Decode(ReadOnlySpan<byte> payload, byte codec, int rawLength, string run)
    {
        if (!_room.IsLive)
        {
            _room = pool.Request(cancellation);
        }

        MemorySegment room = _room.Segment;
        return (uint)rawLength <= (uint)room.Size
            && BlockCodecs.ById(codec).TryDecompress(payload, room.Slice(0, rawLength))
            ? room
            : throw new InvalidDataException(
                $"A block of {run} does not give the {rawLength} bytes that its header names.");
    }

    public void Dispose()
    {
        if (_room.IsLive)
        {
            _room.Release();
        }
    }
}
