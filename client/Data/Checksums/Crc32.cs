using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Client;

/// <summary>
/// CRC-32 with the polynomial of IEEE 802.3, as zlib computes it: reflected, 0x04C11DB7, inverted in and out.
/// </summary>
/// <remarks>
/// Two ways to the same number: eight table look-ups for eight bytes ("slicing by 8", Kounavis and Berry), and where
/// the processor multiplies without carries, folding of 16 bytes a step (Gopal and others, "Fast CRC computation using
/// PCLMULQDQ", Intel 2009). Folding leaves 16 bytes that have the message's remainder; the tables finish those and the
/// tail.
/// </remarks>
public static class Crc32
{
    private const uint ReflectedPolynomial = 0xEDB88320;

    /// <summary>Below this length folding does not pay for its start.</summary>
    private const int FoldingThreshold = 32;

    // Eight tables of 256: table t answers a byte that t more bytes follow.
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The CRC-32 of the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>
    /// The CRC-32 of a message whose beginning has the CRC-32 <paramref name="crc"/> and which goes on with the bytes.
    /// </summary>
    /// <param name="crc">The CRC-32 so far; 0 for an empty beginning.</param>
    /// <param name="bytes">What follows.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes) =>
        Pclmulqdq.IsSupported && bytes.Length >= FoldingThreshold
            ? AppendByFolding(crc, bytes)
            : AppendByTables(crc, bytes);

    /// <summary>As <see cref="Append"/>, with tables only.</summary>
    internal static uint AppendByTables(uint crc, ReadOnlySpan<byte> bytes) => ~Slice(~crc, bytes);

    /// <summary>As <see cref="Append"/>, by folding; needs <see cref="Pclmulqdq"/> and at least 16 bytes.</summary>
    internal static uint AppendByFolding(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int offset = 16;
        Vector128<ulong> folded = Load(ref start, 0) ^ Vector128.Create(~crc, 0u, 0u, 0u).AsUInt64();
        if (bytes.Length >= 128)
        {
            offset = FoldFourLanes(bytes, ref folded);
        }

        // x^(128+32) and x^(128-32) modulo the polynomial, reflected: what 16 bytes weigh 16 bytes further on.
        Vector128<ulong> oneBlock = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        for (; offset + 16 <= bytes.Length; offset += 16)
        {
            folded = Fold(folded, oneBlock) ^ Load(ref start, offset);
        }

        uint state = Slice8(Slice8(0, folded.GetElement(0)), folded.GetElement(1));
        return ~Slice(state, bytes[offset..]);
    }

    /// <summary>Folds 64 bytes a step in four independent lanes, then the lanes into one.</summary>
    /// <returns>How many bytes were taken, a multiple of 64.</returns>
    private static int FoldFourLanes(ReadOnlySpan<byte> bytes, ref Vector128<ulong> folded)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        Vector128<ulong> lane0 = folded;
        Vector128<ulong> lane1 = Load(ref start, 16);
        Vector128<ulong> lane2 = Load(ref start, 32);
        Vector128<ulong> lane3 = Load(ref start, 48);
        // x^(512+32) and x^(512-32), reflected.
        Vector128<ulong> fourBlocks = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
        int offset = 64;
        for (; offset + 64 <= bytes.Length; offset += 64)
        {
            lane0 = Fold(lane0, fourBlocks) ^ Load(ref start, offset);
            lane1 = Fold(lane1, fourBlocks) ^ Load(ref start, offset + 16);
            lane2 = Fold(lane2, fourBlocks) ^ Load(ref start, offset + 32);
            lane3 = Fold(lane3, fourBlocks) ^ Load(ref start, offset + 48);
        }

        Vector128<ulong> oneBlock = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        folded = Fold(Fold(Fold(lane0, oneBlock) ^ lane1, oneBlock) ^ lane2, oneBlock) ^ lane3;
        return offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> value, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte start, int offset) =>
        Vector128.LoadUnsafe(ref start, (nuint)offset).AsUInt64();

    /// <summary>Advances the inverted state over the bytes.</summary>
    private static uint Slice(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            state = Slice8(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        if (bytes.Length >= 4)
        {
            state = Slice4(state ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[4..];
        }

        ref uint tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        foreach (byte b in bytes)
        {
            state = (state >> 8) ^ Unsafe.Add(ref tables, (byte)state ^ b);
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Slice8(uint state, ulong bytes)
    {
        ulong mixed = bytes ^ state;
        ref uint tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        return Unsafe.Add(ref tables, (7 * 256) + (byte)mixed)
            ^ Unsafe.Add(ref tables, (6 * 256) + (byte)(mixed >> 8))
            ^ Unsafe.Add(ref tables, (5 * 256) + (byte)(mixed >> 16))
            ^ Unsafe.Add(ref tables, (4 * 256) + (byte)(mixed >> 24))
            ^ Slice4((uint)(mixed >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Slice4(uint mixed)
    {
        ref uint tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        return Unsafe.Add(ref tables, (3 * 256) + (byte)mixed)
            ^ Unsafe.Add(ref tables, (2 * 256) + (byte)(mixed >> 8))
            ^ Unsafe.Add(ref tables, (1 * 256) + (byte)(mixed >> 16))
            ^ Unsafe.Add(ref tables, (int)(mixed >> 24));
    }

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ ((remainder & 1) * ReflectedPolynomial);
            }

            tables[value] = remainder;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint shorter = tables[i - 256];
            tables[i] = (shorter >> 8) ^ tables[(byte)shorter];
        }

        return tables;
    }
}
