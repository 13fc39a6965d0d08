using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>The rarer primitives, little-endian, in any view; all or nothing like the others.</summary>
[SuppressMessage("Naming", "CA1708", Justification = "Two extension blocks are not two names.")]
public static class WideViews
{
    private const int Size128 = 16;

    extension(IDataInputView view)
    {
        /// <summary>Two's complement of one byte.</summary>
        public sbyte ReadSByte() => (sbyte)view.ReadByte();

        /// <summary>IEEE 754 of two bytes.</summary>
        public Half ReadHalf() => BitConverter.UInt16BitsToHalf(view.ReadUInt16());

        /// <summary>Two's complement of sixteen bytes.</summary>
        public Int128 ReadInt128() => (Int128)view.ReadUInt128();

        /// <summary>Sixteen bytes.</summary>
        public UInt128 ReadUInt128()
        {
            Span<byte> bytes = stackalloc byte[Size128];
            view.ReadExactly(bytes);
            return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        }
    }

    extension(IDataOutputView view)
    {
        /// <inheritdoc cref="ReadSByte"/>
        public void WriteSByte(sbyte value) => view.WriteByte((byte)value);

        /// <inheritdoc cref="ReadHalf"/>
        public void WriteHalf(Half value) => view.WriteUInt16(BitConverter.HalfToUInt16Bits(value));

        /// <inheritdoc cref="ReadInt128"/>
        public void WriteInt128(Int128 value) => view.WriteUInt128((UInt128)value);

        /// <inheritdoc cref="ReadUInt128"/>
        public void WriteUInt128(UInt128 value)
        {
            Span<byte> bytes = stackalloc byte[Size128];
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
            view.Write(bytes);
        }
    }
}
