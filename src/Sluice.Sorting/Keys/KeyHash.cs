using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>
/// The hash that places keys in partitions and tables: the same on every machine and in every version.
/// </summary>
/// <remarks>Eight bytes a step, each folded by a 64 x 64 to 128 bit product; the length goes in first.</remarks>
public static class KeyHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    /// <summary>The hash of an encoded key; all 64 bits are well mixed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key)
    {
        ulong state = (ulong)key.Length * First;
        while (key.Length > sizeof(ulong))
        {
            state = Fold(state ^ BinaryPrimitives.ReadUInt64LittleEndian(key), First);
            key = key[sizeof(ulong)..];
        }

        return Fold(Fold(state ^ Last(key), First) ^ Second, Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Last(ReadOnlySpan<byte> key)
    {
        if (key.Length == sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(key);
        }

        if (key.Length >= sizeof(uint))
        {
            // Two reads that overlap take four to seven bytes; the length tells them apart.
            ulong low = BinaryPrimitives.ReadUInt32LittleEndian(key);
            return low | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(key[^sizeof(uint)..]) << 32);
        }

        ulong last = 0;
        for (int i = 0; i < key.Length; i++)
        {
            last |= (ulong)key[i] << (8 * i);
        }

        return last;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
