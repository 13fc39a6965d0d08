using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>Values with the highest byte first, in any view; all or nothing like the little-endian ones.</summary>
[SuppressMessage("Naming", "CA1708", Justification = "Two extension blocks are not two names.")]
public static class BigEndianViews
{
    extension(IDataInputView view)
    {
        public short ReadInt16BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadInt16());

        public ushort ReadUInt16BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadUInt16());

        public char ReadCharBigEndian() => (char)view.ReadUInt16BigEndian();

        public int ReadInt32BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadInt32());

        public uint ReadUInt32BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadUInt32());

        public long ReadInt64BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadInt64());

        public ulong ReadUInt64BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadUInt64());

        public Half ReadHalfBigEndian() => BitConverter.UInt16BitsToHalf(view.ReadUInt16BigEndian());

        public float ReadSingleBigEndian() => BitConverter.UInt32BitsToSingle(view.ReadUInt32BigEndian());

        public double ReadDoubleBigEndian() => BitConverter.UInt64BitsToDouble(view.ReadUInt64BigEndian());

        public Int128 ReadInt128BigEndian() => (Int128)view.ReadUInt128BigEndian();

        public UInt128 ReadUInt128BigEndian() => BinaryPrimitives.ReverseEndianness(view.ReadUInt128());
    }

    extension(IDataOutputView view)
    {
        public void WriteInt16BigEndian(short value) => view.WriteInt16(BinaryPrimitives.ReverseEndianness(value));

        public void WriteUInt16BigEndian(ushort value) => view.WriteUInt16(BinaryPrimitives.ReverseEndianness(value));

        public void WriteCharBigEndian(char value) => view.WriteUInt16BigEndian(value);

        public void WriteInt32BigEndian(int value) => view.WriteInt32(BinaryPrimitives.ReverseEndianness(value));

        public void WriteUInt32BigEndian(uint value) => view.WriteUInt32(BinaryPrimitives.ReverseEndianness(value));

        public void WriteInt64BigEndian(long value) => view.WriteInt64(BinaryPrimitives.ReverseEndianness(value));

        public void WriteUInt64BigEndian(ulong value) => view.WriteUInt64(BinaryPrimitives.ReverseEndianness(value));

        public void WriteHalfBigEndian(Half value) =>
            view.WriteUInt16BigEndian(BitConverter.HalfToUInt16Bits(value));

        public void WriteSingleBigEndian(float value) =>
            view.WriteUInt32BigEndian(BitConverter.SingleToUInt32Bits(value));

        public void WriteDoubleBigEndian(double value) =>
            view.WriteUInt64BigEndian(BitConverter.DoubleToUInt64Bits(value));

        public void WriteInt128BigEndian(Int128 value) => view.WriteUInt128BigEndian((UInt128)value);

        public void WriteUInt128BigEndian(UInt128 value) =>
            view.WriteUInt128(BinaryPrimitives.ReverseEndianness(value));
    }
}
