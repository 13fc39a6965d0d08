using System.Buffers.Binary;
using System.Text;

namespace Sluice.Sorting;

/// <summary>The natural orders of built-in key types.</summary>
public static class KeyOrders
{
    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(ReadOnlySpan<byte>)] = new SpanOrder(),
        [typeof(byte[])] = new ByteArrayOrder(),
        [typeof(string)] = new TextOrder(),
        [typeof(long)] = new NumberOrder<long>(value => (ulong)value ^ SignBit, bits => (long)(bits ^ SignBit)),
        [typeof(int)] = new NumberOrder<int>(value => (ulong)(long)value ^ SignBit, bits => (int)(long)(bits ^ SignBit)),
        [typeof(short)] = new NumberOrder<short>(value => (ulong)(long)value ^ SignBit, bits => (short)(long)(bits ^ SignBit)),
        [typeof(ulong)] = new NumberOrder<ulong>(value => value, bits => bits),
        [typeof(uint)] = new NumberOrder<uint>(value => value, bits => (uint)bits),
        [typeof(ushort)] = new NumberOrder<ushort>(value => value, bits => (ushort)bits),
        [typeof(byte)] = new NumberOrder<byte>(value => value, bits => (byte)bits),
        [typeof(char)] = new NumberOrder<char>(value => value, bits => (char)bits),
        [typeof(bool)] = new NumberOrder<bool>(value => value ? 1UL : 0, bits => bits != 0),
        [typeof(double)] = new NumberOrder<double>(BitsOf, ToDouble),
        [typeof(DateTime)] = new NumberOrder<DateTime>(value => (ulong)value.Ticks, bits => new DateTime((long)bits)),
    };

    private const ulong SignBit = 1UL << 63;

    /// <summary>The natural order of a type, or null when there is none.</summary>
    public static KeyOrder<TKey>? Find<TKey>()
        where TKey : allows ref struct => Known.TryGetValue(typeof(TKey), out object? known) ? (KeyOrder<TKey>)known : null;

    // Positive numbers get the sign bit, negative ones are turned over: the bits then ascend with the numbers, from
    // negative to positive infinity. NaN comes before all numbers, as double.CompareTo has it; -0 equals 0.
    private static ulong BitsOf(double value)
    {
        if (double.IsNaN(value))
        {
            return 0;
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return bits >= SignBit ? ~bits : bits | SignBit;
    }

    private static double ToDouble(ulong bits) =>
        bits == 0 ? double.NaN : BitConverter.UInt64BitsToDouble(bits >= SignBit ? bits ^ SignBit : ~bits);

    private sealed class SpanOrder : KeyOrder<ReadOnlySpan<byte>>
    {
        public override void Encode(ReadOnlySpan<byte> key, ref RecordWriter writer) => writer.Write(key);

        public override ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded) => encoded;
    }

    private sealed class ByteArrayOrder : KeyOrder<byte[]>
    {
        public override void Encode(byte[] key, ref RecordWriter writer) => writer.Write(key);

        public override byte[] Decode(ReadOnlySpan<byte> encoded) => encoded.ToArray();
    }

    /// <summary>UTF-8 keeps the order of code points.</summary>
    private sealed class TextOrder : KeyOrder<string>
    {
        private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

        public override void Encode(string key, ref RecordWriter writer)
        {
            Span<byte> room = writer.GetSpan(Strict.GetMaxByteCount(key.Length));
            writer.Advance(Strict.GetBytes(key, room));
        }

        public override string Decode(ReadOnlySpan<byte> encoded) => Strict.GetString(encoded);
    }

    private sealed class NumberOrder<T>(Func<T, ulong> toBits, Func<ulong, T> fromBits) : KeyOrder<T>
    {
        public override void Encode(T key, ref RecordWriter writer) => writer.WriteUInt64BigEndian(toBits(key));

        public override T Decode(ReadOnlySpan<byte> encoded) => fromBits(BinaryPrimitives.ReadUInt64BigEndian(encoded));
    }
}

/// <summary>The largest key first.</summary>
public sealed class DescendingOrder : KeyOrder<long>
{
    public override void Encode(long key, ref RecordWriter writer) => writer.WriteUInt64BigEndian((ulong)key ^ (ulong)long.MaxValue);

    public override long Decode(ReadOnlySpan<byte> encoded) =>
        (long)(BinaryPrimitives.ReadUInt64BigEndian(encoded) ^ (ulong)long.MaxValue);
}
