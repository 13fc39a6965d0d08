using System.Diagnostics.CodeAnalysis;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>The payloads of a source's blocks, one after the other, decoded where they are compressed.</summary>
/// <remarks>
/// A payload that is stored as it is is read where its block lies, a compressed one out of a
/// <see cref="BlockDecoder"/>. Ownership: holds the current block until the next one, and the decoder's segment until
/// Dispose. Threading: one thread.
/// </remarks>
internal sealed class BlockPayloads(IBlockSource source, IBufferPool pool, CancellationToken cancellation) : IDisposable
{
    private Block? _block;
    private BlockDecoder? _decoder;

    /// <summary>Gives the current payload up and waits for the next one; false at the end.</summary>
    /// <param name="segment">Where it lies; valid until the next call.</param>
    /// <param name="start">Its first byte in the segment.</param>
    /// <param name="end">The byte behind its last.</param>
    /// <exception cref="IOException">A block cannot be read, or is damaged.</exception>
    public bool TryNext([NotNullWhen(true)] out MemorySegment? segment, out int start, out int end)
    {
        (segment, start, end) = (null, 0, 0);
        Release();
        if (!source.TryTake(out Block block))
        {
            return false;
        }

        (byte codec, int rawLength) = BlockFormat.PayloadOf(block.Bytes);
        if (codec != 0)
        {
            segment = Decode(block, codec, rawLength);
            end = rawLength;
            return true;
        }

        _block = block;
        segment = block.Buffer.Segment;
        start = block.Offset + BlockFormat.HeaderSize;
        end = block.Offset + block.Length;
        return true;
    }

    public void Dispose()
    {
        Release();
        _decoder?.Dispose();
    }

    // The stored block goes back at once.
    private MemorySegment Decode(Block block, byte codec, int rawLength)
    {
        try
        {
            if (!BlockCodecs.TryFind(codec, out IBlockCodec? known))
            {
                throw source.Damaged($"expected a known codec, found codec {codec}");
            }

            _decoder ??= new BlockDecoder(pool, cancellation);
            ReadOnlySpan<byte> payload = block.Bytes[BlockFormat.HeaderSize..];
            return _decoder.TryDecode(payload, known, rawLength, out MemorySegment? decoded)
                ? decoded
                : throw source.Damaged($"expected {rawLength} bytes once it is decoded, found another length");
        }
        finally
        {
            block.Release();
        }
    }

    private void Release()
    {
        _block?.Release();
        _block = null;
    }
}
