using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Sorting;

/// <summary>CRC32C (Castagnoli) of many bytes, in the way that is fastest on the processor at hand.</summary>
/// <remarks>
/// A checksum is the remainder of a long polynomial over GF(2). The processor's instruction for it takes eight bytes at
/// a time, and one step waits for the one before. <see cref="Folded"/> makes the polynomial shorter first, by
/// carry-less products, in one stream through memory, which the processor reads ahead: from memory that is four times
/// as fast as <see cref="InLanes"/>, which goes through three places at once.
/// </remarks>
internal static class BlockChecksum
{
    // A third of a small block; long enough that putting lanes together does not count.
    private const int LaneSize = 1024;
    private const int StepSize = 128;
    private const uint Polynomial = 0x82F63B78;

    private static readonly uint[] s_overLane = OverLaneTable();

    // What a pair's first word, and its second one, is multiplied with to stand a step further on.
    private static readonly Vector256<ulong> s_overStep = Vector256.Create(
        Vector128.Create(PowerOf((8 * StepSize) + 32), PowerOf((8 * StepSize) - 32)));

    /// <summary>The checksum of bytes that had <paramref name="before"/> so far and go on with <paramref
    /// name="bytes"/>.</summary>
    public static uint Of(uint before, ReadOnlySpan<byte> bytes) =>
        CarrylessProduct.HasPairs ? Folded(before, bytes) : InLanes(before, bytes);

    /// <summary>The same by folding; where <see cref="CarrylessProduct.HasPairs"/>.</summary>
    /// <remarks>
    /// What stands in four vectors is multiplied so far that it falls on the next four, and added to them; the checksum
    /// of the last four is that of all (Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
    /// Instruction, 2009).
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint Folded(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        if (bytes.Length >= 2 * StepSize)
        {
            ref byte next = ref MemoryMarshal.GetReference(bytes);
            int whole = bytes.Length / StepSize * StepSize;
            ref byte end = ref Unsafe.Add(ref next, whole);
            Vector256<ulong> first = VectorAt(ref next, 0) ^ Vector256.CreateScalar((ulong)crc);
            Vector256<ulong> second = VectorAt(ref next, 1);
            Vector256<ulong> third = VectorAt(ref next, 2);
            Vector256<ulong> fourth = VectorAt(ref next, 3);
            Vector256<ulong> overStep = s_overStep;
            for (next = ref Unsafe.Add(ref next, StepSize);
                Unsafe.IsAddressLessThan(ref next, ref end);
                next = ref Unsafe.Add(ref next, StepSize))
            {
                first = Fold(first, overStep) ^ VectorAt(ref next, 0);
                second = Fold(second, overStep) ^ VectorAt(ref next, 1);
                third = Fold(third, overStep) ^ VectorAt(ref next, 2);
                fourth = Fold(fourth, overStep) ^ VectorAt(ref next, 3);
            }

            ReadOnlySpan<Vector256<ulong>> last = stackalloc[] { first, second, third, fourth };
            crc = Continue(0, MemoryMarshal.AsBytes(last));
            bytes = bytes[whole..];
        }

        return ~Continue(crc, bytes);
    }

    /// <summary>The same in three lanes side by side.</summary>
    /// <remarks>
    /// Lanes are put together because a checksum is linear: what follows a lane only moves it on by so many bytes
    /// (Gopal et al., Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction, 2011).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint InLanes(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        while (bytes.Length >= 3 * LaneSize)
        {
            ref byte start = ref MemoryMarshal.GetReference(bytes);
            uint second = 0;
            uint third = 0;
            for (int offset = 0; offset < LaneSize; offset += sizeof(ulong))
            {
                crc = BitOperations.Crc32C(crc, WordAt(ref start, offset));
                second = BitOperations.Crc32C(second, WordAt(ref start, offset + LaneSize));
                third = BitOperations.Crc32C(third, WordAt(ref start, offset + (2 * LaneSize)));
            }

            crc = OverLane(OverLane(crc) ^ second) ^ third;
            bytes = bytes[(3 * LaneSize)..];
        }

        return ~Continue(crc, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, LittleEndian(word));
        }

        foreach (byte last in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Fold(Vector256<ulong> words, Vector256<ulong> distance) =>
        CarrylessProduct.OfFirsts(words, distance) ^ CarrylessProduct.OfSeconds(words, distance);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> VectorAt(ref byte start, int index) => Unsafe.ReadUnaligned<Vector256<ulong>>(
        ref Unsafe.Add(ref start, index * Vector256<byte>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WordAt(ref byte start, int offset) =>
        LittleEndian(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset)));

    private static ulong LittleEndian(ulong value) =>
        BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    // A lane's checksum after as many zero bytes as a lane has.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint OverLane(uint crc)
    {
        ref uint table = ref MemoryMarshal.GetArrayDataReference(s_overLane);
        return Unsafe.Add(ref table, (int)(crc & 0xFF)) ^
            Unsafe.Add(ref table, 256 + (int)((crc >> 8) & 0xFF)) ^
            Unsafe.Add(ref table, 512 + (int)((crc >> 16) & 0xFF)) ^
            Unsafe.Add(ref table, 768 + (int)(crc >> 24));
    }

    private static uint[] OverLaneTable()
    {
        uint[] table = new uint[4 * 256];
        for (int i = 0; i < table.Length; i++)
        {
            uint crc = (uint)(i & 0xFF) << (8 * (i >> 8));
            for (int offset = 0; offset < LaneSize; offset += sizeof(ulong))
            {
                crc = BitOperations.Crc32C(crc, 0UL);
            }

            table[i] = crc;
        }

        return table;
    }

    // x^exponent modulo the polynomial. Bits are reflected in a checksum, and the product of two reflected words is one
    // bit short: so it stands one bit higher.
    private static ulong PowerOf(int exponent)
    {
        uint power = 1u << 31;
        for (int i = 0; i < exponent; i++)
        {
            power = (power >> 1) ^ ((power & 1) != 0 ? Polynomial : 0);
        }

        return (ulong)power << 1;
    }
}
