using System.Buffers;

namespace Sluice.Sorting;

/// <summary>
/// Another order backwards: its encoding, ended when its length is not fixed, with all bits turned over.
/// </summary>
internal sealed class DescendingOrder<TKey>(KeyOrder<TKey> order) : KeyOrder<TKey>
{
    private const int SmallKey = 256;

    public override int? FixedLength => order.FixedLength;

    public override void Encode(TKey key, ref RecordWriter writer)
    {
        int start = writer.Length;
        TuplePart.Encode(order, key, ref writer);
        KeyBytes.Invert(writer.Change(start));
    }

    public override TKey Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length <= SmallKey)
        {
            Span<byte> room = stackalloc byte[SmallKey];
            return DecodeIn(encoded, room[..encoded.Length]);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            return DecodeIn(encoded, rented.AsSpan(0, encoded.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private TKey DecodeIn(ReadOnlySpan<byte> encoded, Span<byte> room)
    {
        encoded.CopyTo(room);
        KeyBytes.Invert(room);
        ReadOnlySpan<byte> inverted = room;
        return TuplePart.Decode(order, ref inverted);
    }
}

/// <summary>A byte that tells null from the rest, then the value.</summary>
internal static class NullMark
{
    public const byte NullFirst = 0;
    public const byte Value = 1;
    public const byte NullLast = 2;
}

/// <summary>Values, or null.</summary>
internal sealed class NullableValueOrder<TKey>(KeyOrder<TKey> order, bool nullsFirst) : KeyOrder<TKey?>
    where TKey : struct
{
    public override void Encode(TKey? key, ref RecordWriter writer)
    {
        if (key is TKey value)
        {
            writer.WriteByte(NullMark.Value);
            order.Encode(value, ref writer);
        }
        else
        {
            writer.WriteByte(nullsFirst ? NullMark.NullFirst : NullMark.NullLast);
        }
    }

    public override TKey? Decode(ReadOnlySpan<byte> encoded) =>
        encoded[0] == NullMark.Value ? order.Decode(encoded[1..]) : null;
}

/// <summary>Objects, or null.</summary>
internal sealed class NullableReferenceOrder<TKey>(KeyOrder<TKey> order, bool nullsFirst) : KeyOrder<TKey?>
    where TKey : class
{
    public override void Encode(TKey? key, ref RecordWriter writer)
    {
        if (key is not null)
        {
            writer.WriteByte(NullMark.Value);
            order.Encode(key, ref writer);
        }
        else
        {
            writer.WriteByte(nullsFirst ? NullMark.NullFirst : NullMark.NullLast);
        }
    }

    public override TKey? Decode(ReadOnlySpan<byte> encoded) =>
        encoded[0] == NullMark.Value ? order.Decode(encoded[1..]) : null;
}
