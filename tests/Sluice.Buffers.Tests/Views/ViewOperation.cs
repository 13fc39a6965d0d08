using System.Buffers.Binary;

namespace Sluice.Buffers.Tests;

/// <summary>One value, how views write and read it, and the bytes that a naive encoder makes of it.</summary>
internal sealed record ViewOperation(
    string Name, object Value, byte[] Bytes, Action<IDataOutputView> Write, Func<IDataInputView, object> Read)
{
    public static IReadOnlyList<ViewOperation> All { get; } =
    [
        .. Fixed(), .. BigEndianOperations.All, .. WideOperations.All, .. Variable(), .. Spans(), .. TextOperations.All,
    ];

    public override string ToString() => $"{Name} {Value}";

    private static IEnumerable<ViewOperation> Fixed()
    {
        yield return new("byte", (byte)0x9C, [0x9C], view => view.WriteByte(0x9C), view => view.ReadByte());
        yield return new("bool", true, [1], view => view.WriteBoolean(true), view => view.ReadBoolean());
        yield return new("bool", false, [0], view => view.WriteBoolean(false), view => view.ReadBoolean());
        yield return new(
            "short", (short)-12345, Encode(2, span => BinaryPrimitives.WriteInt16LittleEndian(span, -12345)),
            view => view.WriteInt16(-12345), view => view.ReadInt16());
        yield return new(
            "ushort", (ushort)0xFEDC, Encode(2, span => BinaryPrimitives.WriteUInt16LittleEndian(span, 0xFEDC)),
            view => view.WriteUInt16(0xFEDC), view => view.ReadUInt16());
        yield return new(
            "char", '\u6C34', Encode(2, span => BinaryPrimitives.WriteUInt16LittleEndian(span, 0x6C34)),
            view => view.WriteChar('\u6C34'), view => view.ReadChar());
        yield return new(
            "int", -0x12345678, Encode(4, span => BinaryPrimitives.WriteInt32LittleEndian(span, -0x12345678)),
            view => view.WriteInt32(-0x12345678), view => view.ReadInt32());
        yield return new(
            "uint", 0xFEDCBA98u, Encode(4, span => BinaryPrimitives.WriteUInt32LittleEndian(span, 0xFEDCBA98)),
            view => view.WriteUInt32(0xFEDCBA98), view => view.ReadUInt32());
        yield return new(
            "long",
            -0x123456789ABCDEFL,
            Encode(8, span => BinaryPrimitives.WriteInt64LittleEndian(span, -0x123456789ABCDEFL)),
            view => view.WriteInt64(-0x123456789ABCDEFL), view => view.ReadInt64());
        yield return new(
            "ulong",
            0xFEDCBA9876543210UL,
            Encode(8, span => BinaryPrimitives.WriteUInt64LittleEndian(span, 0xFEDCBA9876543210)),
            view => view.WriteUInt64(0xFEDCBA9876543210), view => view.ReadUInt64());
        yield return new(
            "float", -1.5e-9f, Encode(4, span => BinaryPrimitives.WriteSingleLittleEndian(span, -1.5e-9f)),
            view => view.WriteSingle(-1.5e-9f), view => view.ReadSingle());
        yield return new(
            "double", Math.PI, Encode(8, span => BinaryPrimitives.WriteDoubleLittleEndian(span, Math.PI)),
            view => view.WriteDouble(Math.PI), view => view.ReadDouble());
    }

    private static IEnumerable<ViewOperation> Variable()
    {
        foreach (ulong value in new ulong[] { 0, 1, 127, 128, 16383, 16384, uint.MaxValue, 1UL << 35, ulong.MaxValue })
        {
            yield return new(
                "varuint64",
                value,
                EncodeVariable(value),
                view => view.WriteVarUInt64(value),
                view => view.ReadVarUInt64());
            uint narrow = (uint)value;
            yield return new(
                "varuint32",
                narrow,
                EncodeVariable(narrow),
                view => view.WriteVarUInt32(narrow),
                view => view.ReadVarUInt32());
        }

        foreach (long value in
            new[] { 0, -1, 1, -64, 64, -65, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue })
        {
            yield return new(
                "varint64",
                value,
                EncodeVariable(Zigzag(value)),
                view => view.WriteVarInt64(value),
                view => view.ReadVarInt64());
            int narrow = (int)value;
            yield return new(
                "varint32",
                narrow,
                EncodeVariable(Zigzag(narrow)),
                view => view.WriteVarInt32(narrow),
                view => view.ReadVarInt32());
        }
    }

    private static IEnumerable<ViewOperation> Spans()
    {
        foreach (int length in new[] { 0, 1, 2, 5, 8, 19 })
        {
            byte[] bytes = [.. Enumerable.Range(1, length).Select(number => (byte)(number * 13))];
            yield return new(
                "span",
                Convert.ToHexString(bytes),
                bytes,
                view => view.Write(bytes),
                view => Convert.ToHexString(Exactly(view, length)));
        }
    }

    private static byte[] Exactly(IDataInputView view, int length)
    {
        byte[] bytes = new byte[length];
        view.ReadExactly(bytes);
        return bytes;
    }

    public static byte[] Encode(int length, Action<byte[]> write)
    {
        byte[] bytes = new byte[length];
        write(bytes);
        return bytes;
    }

    /// <summary>0, -1, 1, -2 become 0, 1, 2, 3: counted instead of shifted.</summary>
    private static ulong Zigzag(long value) =>
        (ulong)(value < 0 ? (-2 * (Int128)value) - 1 : 2 * (Int128)value);

    public static byte[] EncodeVariable(ulong value)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)(value % 128));
            value /= 128;
        }
        while (value > 0);

        return [.. bytes.Select((part, index) => index + 1 < bytes.Count ? (byte)(part + 128) : part)];
    }
}
