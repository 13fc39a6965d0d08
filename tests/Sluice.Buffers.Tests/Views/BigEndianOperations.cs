using System.Buffers.Binary;

namespace Sluice.Buffers.Tests;

/// <summary>The values with the highest byte first.</summary>
internal static class BigEndianOperations
{
    public static IEnumerable<ViewOperation> All { get; } =
    [
        Of<short>(2, -12345, BinaryPrimitives.WriteInt16BigEndian,
            (view, value) => view.WriteInt16BigEndian(value), view => view.ReadInt16BigEndian()),
        Of<ushort>(2, 0xFEDC, BinaryPrimitives.WriteUInt16BigEndian,
            (view, value) => view.WriteUInt16BigEndian(value), view => view.ReadUInt16BigEndian()),
        Of<Half>(2, (Half)(-1.5), BinaryPrimitives.WriteHalfBigEndian,
            (view, value) => view.WriteHalfBigEndian(value), view => view.ReadHalfBigEndian()),
        Of<int>(4, -0x12345678, BinaryPrimitives.WriteInt32BigEndian,
            (view, value) => view.WriteInt32BigEndian(value), view => view.ReadInt32BigEndian()),
        Of<uint>(4, 0xFEDCBA98u, BinaryPrimitives.WriteUInt32BigEndian,
            (view, value) => view.WriteUInt32BigEndian(value), view => view.ReadUInt32BigEndian()),
        Of<float>(4, -1.5e-9f, BinaryPrimitives.WriteSingleBigEndian,
            (view, value) => view.WriteSingleBigEndian(value), view => view.ReadSingleBigEndian()),
        Of<long>(8, -0x123456789ABCDEFL, BinaryPrimitives.WriteInt64BigEndian,
            (view, value) => view.WriteInt64BigEndian(value), view => view.ReadInt64BigEndian()),
        Of<ulong>(8, 0xFEDCBA9876543210UL, BinaryPrimitives.WriteUInt64BigEndian,
            (view, value) => view.WriteUInt64BigEndian(value), view => view.ReadUInt64BigEndian()),
        Of<double>(8, Math.E, BinaryPrimitives.WriteDoubleBigEndian,
            (view, value) => view.WriteDoubleBigEndian(value), view => view.ReadDoubleBigEndian()),
        Of<Int128>(16, -((Int128)1 << 100) + 77, BinaryPrimitives.WriteInt128BigEndian,
            (view, value) => view.WriteInt128BigEndian(value), view => view.ReadInt128BigEndian()),
        Of<UInt128>(16, UInt128.MaxValue / 255 * 3, BinaryPrimitives.WriteUInt128BigEndian,
            (view, value) => view.WriteUInt128BigEndian(value), view => view.ReadUInt128BigEndian()),
        Of<char>(2, '\u6C34', (span, value) => BinaryPrimitives.WriteUInt16BigEndian(span, value),
            (view, value) => view.WriteCharBigEndian(value), view => view.ReadCharBigEndian()),
    ];

    public delegate void Encoder<T>(Span<byte> bytes, T value);

    public static ViewOperation Of<T>(
        int size, T value, Encoder<T> encode, Action<IDataOutputView, T> write, Func<IDataInputView, T> read)
        where T : notnull
    {
        byte[] bytes = new byte[size];
        encode(bytes, value);
        return new(typeof(T).Name, value, bytes, view => write(view, value), view => read(view));
    }
}
