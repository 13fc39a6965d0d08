using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Reads fewer bytes than a word has, as the word they are the first bytes of, the others zero.</summary>
/// <remarks>Reads that overlap instead of a loop or a copy; none goes beyond the bytes.</remarks>
internal static class ShortWords
{
    /// <summary>Up to eight bytes, the first one lowest.</summary>
    /// <param name="start">The first byte; not read when there is none.</param>
    /// <param name="length">Bytes, from 0 to 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref byte start, int length)
    {
        if (length == sizeof(ulong))
        {
            return ReadUInt64(ref start, 0);
        }

        if (length >= sizeof(uint))
        {
            int last = length - sizeof(uint);
            return ReadUInt32(ref start, 0) | ((ulong)ReadUInt32(ref start, last) << (8 * last));
        }

        if (length == 0)
        {
            return 0;
        }

        int middle = length >> 1;
        return start
            | ((ulong)Unsafe.Add(ref start, middle) << (8 * middle))
            | ((ulong)Unsafe.Add(ref start, length - 1) << (8 * (length - 1)));
    }

    /// <summary>The eight bytes at an offset, the first one lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUInt64(ref byte start, nint offset)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadUInt32(ref byte start, nint offset)
    {
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
