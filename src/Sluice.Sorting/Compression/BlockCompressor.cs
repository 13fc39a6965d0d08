using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>Compresses blocks before they are sealed, and leaves it where it does not pay.</summary>
/// <remarks>
/// A block is stored as it is unless that saves an eighth. After a few blocks in a row that were not worth it, most of
/// the next ones are not tried, twice as many after each further failure. Ownership: holds one segment to compress
/// into. Threading: one thread at a time.
/// </remarks>
internal sealed class BlockCompressor : IDisposable
{
    private const int SmallestSaving = 8;
    private const int FailuresBeforeSkipping = 4;
    private const int MostSkipped = 1024;

    private readonly IBlockCodec _codec;
    private readonly NetworkBuffer _room;
    private int _failures;
    private int _skip;
    private int _skipNext = 1;

    /// <param name="codec">Compresses.</param>
    /// <param name="room">A segment, this object's from now on.</param>
    public BlockCompressor(IBlockCodec codec, NetworkBuffer room)
    {
        _codec = codec;
        _room = room;
    }

    /// <summary>Seals a block, compressed where that pays; returns its length, header included.</summary>
    /// <param name="block">Room for the header, and the payload behind it.</param>
    /// <param name="number">How many blocks stand before it in its partition of its run.</param>
    public int Seal(Span<byte> block, int number)
    {
        Span<byte> payload = block[BlockFormat.HeaderSize..];
        Span<byte> room =
            _room.Segment.Span[..Math.Min(_room.Segment.Size, payload.Length - (payload.Length / SmallestSaving))];
        if (!ShouldTry() || !_codec.TryCompress(payload, room, out int length))
        {
            BlockFormat.Seal(block, number);
            return block.Length;
        }

        _failures = 0;
        _skip = 0;
        _skipNext = 1;
        room[..length].CopyTo(payload);
        Span<byte> stored = block[..(BlockFormat.HeaderSize + length)];
        BlockFormat.Seal(stored, number, _codec.Id, payload.Length);
        return stored.Length;
    }

    public void Dispose() => _room.Release();

    // Counts a try as a failure in advance; a success takes it back.
    private bool ShouldTry()
    {
        if (_skip > 0)
        {
            _skip--;
            return false;
        }

        _failures++;
        if (_failures > FailuresBeforeSkipping)
        {
            _skip = _skipNext;
            _skipNext = Math.Min(2 * _skipNext, MostSkipped);
        }

        return true;
    }
}
