using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Primitives of a segment at any offset, in both byte orders; one bounds check each.</summary>
/// <remarks>
/// Every member throws <see cref="ArgumentOutOfRangeException"/> when the value is not all inside the segment.
/// </remarks>
public static unsafe class MemorySegmentPrimitives
{
    extension(MemorySegment segment)
    {
        public byte GetByte(int offset) => *segment.At(offset, sizeof(byte));

        public void PutByte(int offset, byte value) => *segment.At(offset, sizeof(byte)) = value;

        /// <summary>Any byte but 0 is true.</summary>
        public bool GetBoolean(int offset) => segment.GetByte(offset) != 0;

        public void PutBoolean(int offset, bool value) => segment.PutByte(offset, value ? (byte)1 : (byte)0);

        public short GetInt16LittleEndian(int offset)
        {
            short value = Unsafe.ReadUnaligned<short>(segment.At(offset, sizeof(short)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt16LittleEndian(int offset, short value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(short)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public short GetInt16BigEndian(int offset)
        {
            short value = Unsafe.ReadUnaligned<short>(segment.At(offset, sizeof(short)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt16BigEndian(int offset, short value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(short)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public ushort GetUInt16LittleEndian(int offset)
        {
            ushort value = Unsafe.ReadUnaligned<ushort>(segment.At(offset, sizeof(ushort)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt16LittleEndian(int offset, ushort value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(ushort)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public ushort GetUInt16BigEndian(int offset)
        {
            ushort value = Unsafe.ReadUnaligned<ushort>(segment.At(offset, sizeof(ushort)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt16BigEndian(int offset, ushort value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(ushort)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public int GetInt32LittleEndian(int offset)
        {
            int value = Unsafe.ReadUnaligned<int>(segment.At(offset, sizeof(int)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt32LittleEndian(int offset, int value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(int)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public int GetInt32BigEndian(int offset)
        {
            int value = Unsafe.ReadUnaligned<int>(segment.At(offset, sizeof(int)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt32BigEndian(int offset, int value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(int)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public uint GetUInt32LittleEndian(int offset)
        {
            uint value = Unsafe.ReadUnaligned<uint>(segment.At(offset, sizeof(uint)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt32LittleEndian(int offset, uint value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(uint)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public uint GetUInt32BigEndian(int offset)
        {
            uint value = Unsafe.ReadUnaligned<uint>(segment.At(offset, sizeof(uint)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt32BigEndian(int offset, uint value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(uint)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public long GetInt64LittleEndian(int offset)
        {
            long value = Unsafe.ReadUnaligned<long>(segment.At(offset, sizeof(long)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt64LittleEndian(int offset, long value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(long)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public long GetInt64BigEndian(int offset)
        {
            long value = Unsafe.ReadUnaligned<long>(segment.At(offset, sizeof(long)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutInt64BigEndian(int offset, long value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(long)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public ulong GetUInt64LittleEndian(int offset)
        {
            ulong value = Unsafe.ReadUnaligned<ulong>(segment.At(offset, sizeof(ulong)));
            return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt64LittleEndian(int offset, ulong value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(ulong)),
                BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public ulong GetUInt64BigEndian(int offset)
        {
            ulong value = Unsafe.ReadUnaligned<ulong>(segment.At(offset, sizeof(ulong)));
            return !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }

        public void PutUInt64BigEndian(int offset, ulong value) =>
            Unsafe.WriteUnaligned(
                segment.At(offset, sizeof(ulong)),
                !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

        public char GetCharLittleEndian(int offset) => (char)segment.GetUInt16LittleEndian(offset);

        public void PutCharLittleEndian(int offset, char value) => segment.PutUInt16LittleEndian(offset, value);

        public char GetCharBigEndian(int offset) => (char)segment.GetUInt16BigEndian(offset);

        public void PutCharBigEndian(int offset, char value) => segment.PutUInt16BigEndian(offset, value);

        public float GetSingleLittleEndian(int offset) =>
            BitConverter.Int32BitsToSingle(segment.GetInt32LittleEndian(offset));

        public void PutSingleLittleEndian(int offset, float value) =>
            segment.PutInt32LittleEndian(offset, BitConverter.SingleToInt32Bits(value));

        public float GetSingleBigEndian(int offset) =>
            BitConverter.Int32BitsToSingle(segment.GetInt32BigEndian(offset));

        public void PutSingleBigEndian(int offset, float value) =>
            segment.PutInt32BigEndian(offset, BitConverter.SingleToInt32Bits(value));

        public double GetDoubleLittleEndian(int offset) =>
            BitConverter.Int64BitsToDouble(segment.GetInt64LittleEndian(offset));

        public void PutDoubleLittleEndian(int offset, double value) =>
            segment.PutInt64LittleEndian(offset, BitConverter.DoubleToInt64Bits(value));

        public double GetDoubleBigEndian(int offset) =>
            BitConverter.Int64BitsToDouble(segment.GetInt64BigEndian(offset));

        public void PutDoubleBigEndian(int offset, double value) =>
            segment.PutInt64BigEndian(offset, BitConverter.DoubleToInt64Bits(value));
    }
}
