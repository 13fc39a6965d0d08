using System.Buffers.Binary;

namespace Sluice.Buffers.Tests;

/// <summary>The rarer values, lowest byte first.</summary>
internal static class WideOperations
{
    public static IEnumerable<ViewOperation> All { get; } =
    [
        BigEndianOperations.Of<sbyte>(1, -3, (span, value) => span[0] = (byte)value,
            (view, value) => view.WriteSByte(value), view => view.ReadSByte()),
        BigEndianOperations.Of<Half>(2, (Half)(-1.5), BinaryPrimitives.WriteHalfLittleEndian,
            (view, value) => view.WriteHalf(value), view => view.ReadHalf()),
        BigEndianOperations.Of<Int128>(16, -((Int128)1 << 100) + 77, BinaryPrimitives.WriteInt128LittleEndian,
            (view, value) => view.WriteInt128(value), view => view.ReadInt128()),
        BigEndianOperations.Of<UInt128>(16, UInt128.MaxValue / 255 * 3, BinaryPrimitives.WriteUInt128LittleEndian,
            (view, value) => view.WriteUInt128(value), view => view.ReadUInt128()),
    ];
}
