using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>One part of an item: as it is when its length is fixed, else with its length before it.</summary>
internal static class ItemPart
{
    public static void Write<T>(Serializer<T> serializer, T part, ref RecordWriter writer)
    {
        int start = writer.Length;
        serializer.Write(part, ref writer);
        if (serializer.FixedLength is null)
        {
            InsertLength(ref writer, start);
        }
    }

    /// <summary>Reads the part that <paramref name="rest"/> starts with and takes it off.</summary>
    public static T Read<T>(Serializer<T> serializer, ref ReadOnlySpan<byte> rest)
    {
        if (serializer.FixedLength is not int length)
        {
            int header = VarInt.Read(rest, out uint found);
            if (header <= 0 || found > rest.Length - header)
            {
                throw new InvalidDataException($"A {typeof(T).Name} says that it is longer than what holds it.");
            }

            rest = rest[header..];
            length = (int)found;
        }

        T part = serializer.Read(rest[..length]);
        rest = rest[length..];
        return part;
    }

    private static void InsertLength(ref RecordWriter writer, int start)
    {
        int length = writer.Length - start;
        Span<byte> header = stackalloc byte[VarInt.MaximumSize32];
        header = header[..VarInt.Write(header, (uint)length)];
        writer.GetSpan(header.Length);
        writer.Advance(header.Length);
        Span<byte> part = writer.Change(start);
        part[..length].CopyTo(part[header.Length..]);
        header.CopyTo(part);
    }
}

/// <summary>A value, or nothing at all for null.</summary>
internal sealed class NullableSerializer<T>(Serializer<T> serializer) : Serializer<T?>
    where T : struct
{
    public override void Write(T? value, ref RecordWriter writer)
    {
        if (value is T present)
        {
            writer.WriteByte(1);
            serializer.Write(present, ref writer);
        }
    }

    public override T? Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : serializer.Read(bytes[1..]);
}

internal sealed class TupleSerializer<T1, T2>(Serializer<T1> first, Serializer<T2> second) : Serializer<(T1, T2)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength;

    public override void Write((T1, T2) value, ref RecordWriter writer)
    {
        ItemPart.Write(first, value.Item1, ref writer);
        ItemPart.Write(second, value.Item2, ref writer);
    }

    public override (T1, T2) Read(ReadOnlySpan<byte> bytes) =>
        (ItemPart.Read(first, ref bytes), ItemPart.Read(second, ref bytes));
}

internal sealed class TupleSerializer<T1, T2, T3>(Serializer<T1> first, Serializer<T2> second, Serializer<T3> third)
    : Serializer<(T1, T2, T3)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength + third.FixedLength;

    public override void Write((T1, T2, T3) value, ref RecordWriter writer)
    {
        ItemPart.Write(first, value.Item1, ref writer);
        ItemPart.Write(second, value.Item2, ref writer);
        ItemPart.Write(third, value.Item3, ref writer);
    }

    public override (T1, T2, T3) Read(ReadOnlySpan<byte> bytes) =>
        (ItemPart.Read(first, ref bytes), ItemPart.Read(second, ref bytes), ItemPart.Read(third, ref bytes));
}

internal sealed class TupleSerializer<T1, T2, T3, T4>(
    Serializer<T1> first, Serializer<T2> second, Serializer<T3> third, Serializer<T4> fourth)
    : Serializer<(T1, T2, T3, T4)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength + third.FixedLength + fourth.FixedLength;

    public override void Write((T1, T2, T3, T4) value, ref RecordWriter writer)
    {
        ItemPart.Write(first, value.Item1, ref writer);
        ItemPart.Write(second, value.Item2, ref writer);
        ItemPart.Write(third, value.Item3, ref writer);
        ItemPart.Write(fourth, value.Item4, ref writer);
    }

    public override (T1, T2, T3, T4) Read(ReadOnlySpan<byte> bytes) => (
        ItemPart.Read(first, ref bytes),
        ItemPart.Read(second, ref bytes),
        ItemPart.Read(third, ref bytes),
        ItemPart.Read(fourth, ref bytes));
}
