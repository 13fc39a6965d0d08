using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        ref byte start = ref MemoryMarshal.GetReference(key);
        ulong state = (ulong)key.Length * First;
        int left = key.Length;
        for (; left > sizeof(ulong); left -= sizeof(ulong))
        {
            state = Fold(state ^ ShortWords.ReadUInt64(ref start, 0), First);
            start = ref Unsafe.Add(ref start, sizeof(ulong));
        }

        return Fold(Fold(state ^ ShortWords.Read(ref start, left), First) ^ Second, Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right) => WideProduct.Of(left, right, out ulong low) ^ low;
}
