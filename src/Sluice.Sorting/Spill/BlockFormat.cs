using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>A block: at most one segment of a partition's records, the unit on disk and on the wire.</summary>
/// <remarks>
/// <code>
/// offset  bytes  field (numbers are little endian)
///      0      4  CRC32C (Castagnoli) of everything behind it: header rest and stored payload
///      4      1  codec, 0 = stored as it is, others by BlockCodecs
///      5      3  zero
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

    /// <summary>Writes the header of a block whose payload already stands behind it.</summary>
    /// <param name="block">Header and payload, nothing else.</param>
    public static void Seal(Span<byte> block) => Seal(block, 0, block.Length - HeaderSize);

    /// <summary>Writes the header of a block whose payload was stored by a codec.</summary>
    /// <param name="block">Header and stored payload, nothing else.</param>
    /// <param name="codec">The codec's id.</param>
    /// <param name="rawLength">Bytes of the payload once decoded.</param>
    public static void Seal(Span<byte> block, byte codec, int rawLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], codec);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], block.Length - HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], rawLength);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Checksum(block[CrcSize..]));
    }

    /// <summary>How long the block is that starts here, header included.</summary>
    /// <param name="bytes">At least a header; what follows the block does not matter.</param>
    /// <param name="length">The block's length in bytes, when it is plausible.</param>
    /// <returns>False when the header cannot be one of ours or the block would not fit into <paramref name="bytes"/>.</returns>
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

    /// <summary>Whether the block is what its writer sealed.</summary>
    /// <param name="block">Header and payload, nothing else.</param>
    /// <param name="expected">The checksum the header carries.</param>
    /// <param name="found">The checksum of the bytes that are there.</param>
    public static bool Verify(ReadOnlySpan<byte> block, out uint expected, out uint found)
    {
        expected = BinaryPrimitives.ReadUInt32LittleEndian(block);
        found = Checksum(block[CrcSize..]);
        return expected == found;
    }

    /// <summary>CRC32C of <paramref name="bytes"/>, with the processor's instruction where it has one.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => Checksum(0, bytes);

    /// <summary>The checksum of bytes that had <paramref name="before"/> so far and go on with <paramref
    /// name="bytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Checksum(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte last in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }
}
