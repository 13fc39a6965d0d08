using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Client;

/// <summary>Writes single records of the public sort generator, 16 bytes a store.</summary>
/// <remarks>
/// <code>
/// binary  | ten words of 10 bytes: the top 10 bytes of X(i+1+w), big endian, xor the mask of w               |
/// ASCII   | 10 base-95 digits | 2 spaces | 32 hex digits of i | 2 spaces | 13 hex digits, each 4 times | CR LF |
/// </code>
/// Stores overlap: each writes past its field, and the next field overwrites the rest. So the room after a record must
/// hold <see cref="Overrun"/> bytes more, and records are written in ascending order.
/// </remarks>
internal static class GensortRecords
{
    /// <summary>Bytes past its end that writing a record may touch.</summary>
    public const int Overrun = 16;

    private const int WordLength = 10;

    // The low 6 bytes of every mask are zero, so that an overlapping store has one rule only.
    private static readonly Vector128<byte>[] WordMasks =
    [
        Mask(0x0000000000000000, 0x0000),
        Mask(0xf0e8e4e2e1d8d4d2, 0xd1cc),
        Mask(0xcac9c6c5c3b8b4b2, 0xb1ac),
        Mask(0xaaa9a6a5a39c9a99, 0x9695),
        Mask(0x938e8d8b87787472, 0x716c),
        Mask(0x6a696665635c5a59, 0x5655),
        Mask(0x534e4d4b473c3a39, 0x3635),
        Mask(0x332e2d2b271e1d1b, 0x170f),
        Mask(0xc8c4c2c198949291, 0x8ce0),
        Mask(0x170f332e2d2b271e, 0x1d1b),
    ];

    // Two base-95 digits, least first, each plus a space: entry d0 + 95 d1.
    private static readonly ushort[] DigitPairs = BuildDigitPairs();

    /// <summary>Writes a binary record.</summary>
    /// <param name="record">Its first byte.</param>
    /// <param name="key">The state that gives the key.</param>
    /// <param name="states">X(i+1) to X(i+10).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBinary(ref byte record, GensortState key, ReadOnlySpan<GensortState> states)
    {
        BigEndian(key.High, key.Low).StoreUnsafe(ref record);
        ref Vector128<byte> masks = ref MemoryMarshal.GetArrayDataReference(WordMasks);
        ref GensortState state = ref MemoryMarshal.GetReference(states);
        for (int word = 1; word < WordLength; word++)
        {
            GensortState current = Unsafe.Add(ref state, word);
            Vector128<byte> bytes = BigEndian(current.High, current.Low) ^ Unsafe.Add(ref masks, word);
            bytes.StoreUnsafe(ref record, (nuint)(word * WordLength));
        }
    }

    /// <summary>Writes an ASCII record.</summary>
    /// <param name="record">Its first byte.</param>
    /// <param name="key">The state that gives the key.</param>
    /// <param name="state">X(i+1).</param>
    /// <param name="number">The record's number i.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteAscii(ref byte record, GensortState key, GensortState state, ulong number)
    {
        Vector128<byte> spaces = Vector128.Create((byte)' ');
        Vector128<byte> zeros = Vector128.Create((byte)'0');
        WriteKey(ref record, key);
        spaces.StoreUnsafe(ref record, 10);
        zeros.StoreUnsafe(ref record, 12);
        HexDigits(number).StoreUnsafe(ref record, 28);
        spaces.StoreUnsafe(ref record, 44);

        // Bits 51..0, moved to the top: the first 13 digits count.
        Vector128<byte> digits = HexDigits(state.Low << 12);
        Vector128<byte> fourfold = Vector128.Create((byte)0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        Vector128.ShuffleNative(digits, fourfold).StoreUnsafe(ref record, 46);
        Vector128.ShuffleNative(digits, fourfold + Vector128.Create((byte)4)).StoreUnsafe(ref record, 62);
        Vector128.ShuffleNative(digits, fourfold + Vector128.Create((byte)8)).StoreUnsafe(ref record, 78);
        Vector128.ShuffleNative(digits, Vector128.Create((byte)12)).StoreUnsafe(ref record, 94);
        Unsafe.Add(ref record, 98) = (byte)'\r';
        Unsafe.Add(ref record, 99) = (byte)'\n';
    }

    /// <summary>
    /// Eight base-95 digits of the high half, then two of the low half, each half's least digit first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteKey(ref byte record, GensortState key)
    {
        const uint TwoDigits = 95 * 95;
        const uint FourDigits = TwoDigits * TwoDigits;
        ulong rest = key.High / FourDigits;
        uint first = (uint)(key.High - (rest * FourDigits));
        uint second = (uint)(rest % FourDigits);
        WritePair(ref record, 0, first % TwoDigits);
        WritePair(ref record, 2, first / TwoDigits);
        WritePair(ref record, 4, second % TwoDigits);
        WritePair(ref record, 6, second / TwoDigits);
        WritePair(ref record, 8, (uint)(key.Low % TwoDigits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePair(ref byte record, int offset, uint pair) =>
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref record, offset),
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(DigitPairs), pair));

    /// <summary>The 16 upper-case hex digits of a number, most significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> HexDigits(ulong value)
    {
        Vector128<byte> twice = Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        Vector128<byte> even = Vector128.Create((ushort)0x00FF).AsByte();
        Vector128<byte> bytes = Vector128.ShuffleNative(BigEndian(value, 0), twice);
        Vector128<byte> nibbles = Vector128.ConditionalSelect(even, bytes >>> 4, bytes) & Vector128.Create((byte)0x0F);
        return Vector128.ShuffleNative(Vector128.Create("0123456789ABCDEF"u8), nibbles);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> BigEndian(ulong high, ulong low) =>
        Vector128.Create(BinaryPrimitives.ReverseEndianness(high), BinaryPrimitives.ReverseEndianness(low)).AsByte();

    private static Vector128<byte> Mask(ulong first8, ushort last2) => BigEndian(first8, (ulong)last2 << 48);

    private static ushort[] BuildDigitPairs()
    {
        ushort[] pairs = new ushort[95 * 95];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (ushort)(' ' + (i % 95) + ((' ' + (i / 95)) << 8));
        }

        return pairs;
    }
}
