using System.Buffers;

namespace Sluice.Sorting;

/// <summary>One part of a tuple: as it is when its length is fixed, else escaped and ended.</summary>
internal static class TuplePart
{
    private const int SmallPart = 256;

    public static void Encode<T>(KeyOrder<T> order, T part, ref RecordWriter writer)
    {
        int start = writer.Length;
        order.Encode(part, ref writer);
        if (order.FixedLength is null)
        {
            KeyBytes.EndPart(ref writer, start);
        }
    }

    /// <summary>Decodes the part that <paramref name="rest"/> starts with and takes it off.</summary>
    public static T Decode<T>(KeyOrder<T> order, ref ReadOnlySpan<byte> rest)
    {
        if (order.FixedLength is int length)
        {
            T part = order.Decode(rest[..length]);
            rest = rest[length..];
            return part;
        }

        (int escaped, int total, bool hasEscapes) = KeyBytes.FindEnd(rest);
        ReadOnlySpan<byte> bytes = rest[..escaped];
        rest = rest[total..];
        return hasEscapes ? DecodeEscaped(order, bytes) : order.Decode(bytes);
    }

    private static T DecodeEscaped<T>(KeyOrder<T> order, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= SmallPart)
        {
            Span<byte> room = stackalloc byte[SmallPart];
            return order.Decode(room[..KeyBytes.Unescape(bytes, room)]);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            return order.Decode(rented.AsSpan(0, KeyBytes.Unescape(bytes, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

internal sealed class TupleOrder<T1, T2>(KeyOrder<T1> first, KeyOrder<T2> second) : KeyOrder<(T1, T2)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength;

    public override void Encode((T1, T2) key, ref RecordWriter writer)
    {
        TuplePart.Encode(first, key.Item1, ref writer);
        TuplePart.Encode(second, key.Item2, ref writer);
    }

    public override (T1, T2) Decode(ReadOnlySpan<byte> encoded) =>
        (TuplePart.Decode(first, ref encoded), TuplePart.Decode(second, ref encoded));
}

internal sealed class TupleOrder<T1, T2, T3>(
    KeyOrder<T1> first, KeyOrder<T2> second, KeyOrder<T3> third) : KeyOrder<(T1, T2, T3)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength + third.FixedLength;

    public override void Encode((T1, T2, T3) key, ref RecordWriter writer)
    {
        TuplePart.Encode(first, key.Item1, ref writer);
        TuplePart.Encode(second, key.Item2, ref writer);
        TuplePart.Encode(third, key.Item3, ref writer);
    }

    public override (T1, T2, T3) Decode(ReadOnlySpan<byte> encoded) =>
        (TuplePart.Decode(first, ref encoded),
            TuplePart.Decode(second, ref encoded),
            TuplePart.Decode(third, ref encoded));
}

internal sealed class TupleOrder<T1, T2, T3, T4>(
    KeyOrder<T1> first, KeyOrder<T2> second, KeyOrder<T3> third, KeyOrder<T4> fourth) : KeyOrder<(T1, T2, T3, T4)>
{
    public override int? FixedLength => first.FixedLength + second.FixedLength + third.FixedLength + fourth.FixedLength;

    public override void Encode((T1, T2, T3, T4) key, ref RecordWriter writer)
    {
        TuplePart.Encode(first, key.Item1, ref writer);
        TuplePart.Encode(second, key.Item2, ref writer);
        TuplePart.Encode(third, key.Item3, ref writer);
        TuplePart.Encode(fourth, key.Item4, ref writer);
    }

    public override (T1, T2, T3, T4) Decode(ReadOnlySpan<byte> encoded) => (
        TuplePart.Decode(first, ref encoded),
        TuplePart.Decode(second, ref encoded),
        TuplePart.Decode(third, ref encoded),
        TuplePart.Decode(fourth, ref encoded));
}
