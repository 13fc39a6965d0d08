using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Turns a value into one byte order and back; which of the two costs nothing, the machine decides.</summary>
internal static unsafe class ByteOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LittleEndian<T>(T value)
        where T : unmanaged => BitConverter.IsLittleEndian ? value : Reverse(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BigEndian<T>(T value)
        where T : unmanaged => BitConverter.IsLittleEndian ? Reverse(value) : value;

    // The size is known when the method is compiled for T, so one branch is left. Bits are moved, never converted:
    // a signalling NaN stays what it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Reverse<T>(T value)
        where T : unmanaged => sizeof(T) switch
        {
            1 => value,
            2 => Unsafe.BitCast<ushort, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ushort>(value))),
            4 => Unsafe.BitCast<uint, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, uint>(value))),
            8 => Unsafe.BitCast<ulong, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ulong>(value))),
            16 => Unsafe.BitCast<UInt128, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, UInt128>(value))),
            _ => throw new NotSupportedException($"{typeof(T)} is no primitive."),
        };
}
