using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Sorting;

/// <summary>A block: at most one segment of a partition's records, the unit on disk and on the wire.</summary>
/// <remarks>
/// <code>
/// offset  bytes  field (numbers are little endian)
///      0      4  CRC32C (Castagnoli) of everything behind it: header rest and stored payload
///      4      1  codec, 0 = stored as it is, others by BlockCodecs
///      5      3  number of the block in its partition of its run, modulo 2^24
///      8      4  stored length: payload bytes that follow the header
///     12      4  raw length: payload bytes after decoding; equals the stored length for codec 0
///     16      n  payload: a piece of the partition's record stream
/// record: varint key length, varint value length, key, value; a record may go on in the next block.
/// </code>
/// </remarks>
public static class BlockFormat
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderSize = 16;

    /// <summary>At most this many bytes precede a record's key: two varints of 32 bits.</summary>
    public const int MaximumRecordHeader = 10;

    private const int CrcSize = 4;

    private const int NumberMask = 0xFFFFFF;

    /// <summary>Writes the header of a block whose payload already stands behind it.</summary>
    /// <param name="block">Header and payload, nothing else.</param>
    /// <param name="number">How many blocks stand before it in its partition of its run.</param>
    public static void Seal(Span<byte> block, int number) => Seal(block, number, 0, block.Length - HeaderSize);

    /// <summary>Writes the header of a block whose payload was stored by a codec.</summary>
    /// <param name="block">Header and stored payload, nothing else.</param>
    /// <param name="number">How many blocks stand before it in its partition of its run.</param>
    /// <param name="codec">The codec's id.</param>
    /// <param name="rawLength">Bytes of the payload once decoded.</param>
    public static void Seal(Span<byte> block, int number, byte codec, int rawLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], codec | ((uint)number << 8));
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], block.Length - HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], rawLength);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Checksum(block[CrcSize..]));
    }

    /// <summary>How long the block is that starts here, header included.</summary>
    /// <param name="bytes">At least a header; what follows the block does not matter.</param>
    /// <param name="length">The block's length in bytes, when it is plausible.</param>
    /// <returns>False when the header cannot be one of ours or the block would not fit into
    /// <paramref name="bytes"/>.</returns>
    public static bool TryGetLength(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        int stored = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (stored < 0 || stored > bytes.Length - HeaderSize)
        {
            return false;
        }

        length = HeaderSize + stored;
        return true;
    }

    /// <summary>How the payload was stored, and how long it is once decoded.</summary>
    /// <param name="block">A verified block.</param>
    public static (byte Codec, int RawLength) PayloadOf(ReadOnlySpan<byte> block) =>
        (block[4], BinaryPrimitives.ReadInt32LittleEndian(block[12..]));

    /// <summary>Whether the block is what its writer sealed, and stands where it was put.</summary>
    /// <param name="block">Header and payload, nothing else; what is too short to be that is damaged.</param>
    /// <param name="number">How many blocks stand before it in its partition of its run.</param>
    /// <param name="damage">What was expected and what was found, for people.</param>
    public static bool Verify(ReadOnlySpan<byte> block, int number, [NotNullWhen(false)] out string? damage)
    {
        if (block.Length < HeaderSize)
        {
            damage = $"expected a header of {HeaderSize} bytes, found {block.Length}";
            return false;
        }

        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(block);
        uint found = Checksum(block[CrcSize..]);
        int stands = (int)(BinaryPrimitives.ReadUInt32LittleEndian(block[4..]) >> 8);
        damage = expected != found ? $"expected checksum {expected:x8}, found {found:x8}"
            : stands != (number & NumberMask) ? $"expected block {number}, found block {stands}"
            : null;
        return damage is null;
    }

    /// <summary>CRC32C of <paramref name="bytes"/>.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => Checksum(0, bytes);

    /// <summary>The checksum of bytes that had <paramref name="before"/> so far and go on with <paramref
    /// name="bytes"/>.</summary>
    public static uint Checksum(uint before, ReadOnlySpan<byte> bytes) => BlockChecksum.Of(before, bytes);
}
