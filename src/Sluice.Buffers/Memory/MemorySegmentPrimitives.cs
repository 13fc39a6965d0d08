using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Primitives of a segment at any offset, in both byte orders; one bounds check each.</summary>
/// <remarks>
/// Offsets are bytes from the segment's start and need no alignment. Every member throws
/// <see cref="ArgumentOutOfRangeException"/> when the value is not all inside the segment, and then nothing is written;
/// <see cref="ObjectDisposedException"/> once the segment's memory is freed.
/// </remarks>
public static unsafe class MemorySegmentPrimitives
{
    extension(MemorySegment segment)
    {
        public byte GetByte(int offset) => *segment.At(offset, sizeof(byte));

        public void PutByte(int offset, byte value) => *segment.At(offset, sizeof(byte)) = value;

        /// <summary>Two's complement of one byte.</summary>
        public sbyte GetSByte(int offset) => (sbyte)segment.GetByte(offset);

        public void PutSByte(int offset, sbyte value) => segment.PutByte(offset, (byte)value);

        /// <summary>0 is false; each of the 255 other bytes is true, whoever wrote it.</summary>
        public bool GetBoolean(int offset) => segment.GetByte(offset) != 0;

        /// <summary>One byte, 0 or 1.</summary>
        public void PutBoolean(int offset, bool value) => segment.PutByte(offset, value ? (byte)1 : (byte)0);

        public short GetInt16LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<short>(offset));

        public void PutInt16LittleEndian(int offset, short value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        public short GetInt16BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<short>(offset));

        public void PutInt16BigEndian(int offset, short value) => segment.Put(offset, ByteOrder.BigEndian(value));

        public ushort GetUInt16LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<ushort>(offset));

        public void PutUInt16LittleEndian(int offset, ushort value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        public ushort GetUInt16BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<ushort>(offset));

        public void PutUInt16BigEndian(int offset, ushort value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>One UTF-16 unit, two bytes.</summary>
        public char GetCharLittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<char>(offset));

        public void PutCharLittleEndian(int offset, char value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>One UTF-16 unit, two bytes.</summary>
        public char GetCharBigEndian(int offset) => ByteOrder.BigEndian(segment.Get<char>(offset));

        public void PutCharBigEndian(int offset, char value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>IEEE 754 of two bytes; a NaN keeps its bits.</summary>
        public Half GetHalfLittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<Half>(offset));

        public void PutHalfLittleEndian(int offset, Half value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>IEEE 754 of two bytes; a NaN keeps its bits.</summary>
        public Half GetHalfBigEndian(int offset) => ByteOrder.BigEndian(segment.Get<Half>(offset));

        public void PutHalfBigEndian(int offset, Half value) => segment.Put(offset, ByteOrder.BigEndian(value));

        public int GetInt32LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<int>(offset));

        public void PutInt32LittleEndian(int offset, int value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        public int GetInt32BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<int>(offset));

        public void PutInt32BigEndian(int offset, int value) => segment.Put(offset, ByteOrder.BigEndian(value));

        public uint GetUInt32LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<uint>(offset));

        public void PutUInt32LittleEndian(int offset, uint value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        public uint GetUInt32BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<uint>(offset));

        public void PutUInt32BigEndian(int offset, uint value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>IEEE 754 of four bytes; a NaN keeps its bits.</summary>
        public float GetSingleLittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<float>(offset));

        public void PutSingleLittleEndian(int offset, float value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>IEEE 754 of four bytes; a NaN keeps its bits.</summary>
        public float GetSingleBigEndian(int offset) => ByteOrder.BigEndian(segment.Get<float>(offset));

        public void PutSingleBigEndian(int offset, float value) => segment.Put(offset, ByteOrder.BigEndian(value));

        public long GetInt64LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<long>(offset));

        public void PutInt64LittleEndian(int offset, long value) => segment.Put(offset, ByteOrder.LittleEndian(value));

        public long GetInt64BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<long>(offset));

        public void PutInt64BigEndian(int offset, long value) => segment.Put(offset, ByteOrder.BigEndian(value));

        public ulong GetUInt64LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<ulong>(offset));

        public void PutUInt64LittleEndian(int offset, ulong value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        public ulong GetUInt64BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<ulong>(offset));

        public void PutUInt64BigEndian(int offset, ulong value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>IEEE 754 of eight bytes; a NaN keeps its bits.</summary>
        public double GetDoubleLittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<double>(offset));

        public void PutDoubleLittleEndian(int offset, double value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>IEEE 754 of eight bytes; a NaN keeps its bits.</summary>
        public double GetDoubleBigEndian(int offset) => ByteOrder.BigEndian(segment.Get<double>(offset));

        public void PutDoubleBigEndian(int offset, double value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>Two's complement of sixteen bytes.</summary>
        public Int128 GetInt128LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<Int128>(offset));

        public void PutInt128LittleEndian(int offset, Int128 value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>Two's complement of sixteen bytes.</summary>
        public Int128 GetInt128BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<Int128>(offset));

        public void PutInt128BigEndian(int offset, Int128 value) => segment.Put(offset, ByteOrder.BigEndian(value));

        /// <summary>Sixteen bytes.</summary>
        public UInt128 GetUInt128LittleEndian(int offset) => ByteOrder.LittleEndian(segment.Get<UInt128>(offset));

        public void PutUInt128LittleEndian(int offset, UInt128 value) =>
            segment.Put(offset, ByteOrder.LittleEndian(value));

        /// <summary>Sixteen bytes.</summary>
        public UInt128 GetUInt128BigEndian(int offset) => ByteOrder.BigEndian(segment.Get<UInt128>(offset));

        public void PutUInt128BigEndian(int offset, UInt128 value) => segment.Put(offset, ByteOrder.BigEndian(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private T Get<T>(int offset)
            where T : unmanaged => Unsafe.ReadUnaligned<T>(segment.At(offset, sizeof(T)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Put<T>(int offset, T value)
            where T : unmanaged => Unsafe.WriteUnaligned(segment.At(offset, sizeof(T)), value);
    }
}
