using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>Types of one byte.</summary>
internal sealed class SmallOrder<T>(Func<T, byte> toBits, Func<byte, T> fromBits) : KeyOrder<T>
{
    public override int? FixedLength => 1;

    public override void Encode(T key, ref RecordWriter writer) => writer.WriteByte(toBits(key));

    public override T Decode(ReadOnlySpan<byte> encoded) => fromBits(encoded[0]);
}

/// <summary>
/// Whole numbers, big endian; the sign bit of signed ones is turned over, so that negative ones come first.
/// </summary>
internal sealed class IntegerOrder<T> : KeyOrder<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private static readonly unsafe int Size = sizeof(T);

    public override int? FixedLength => Size;

    public override void Encode(T key, ref RecordWriter writer)
    {
        // WriteBigEndian is a method of the interface alone: calling that would box each key.
        bool fits = (key ^ SignOf()).TryWriteBigEndian(writer.GetSpan(Size), out _);
        Debug.Assert(fits, "There is room for a number.");
        writer.Advance(Size);
    }

    public override T Decode(ReadOnlySpan<byte> encoded) =>
        T.ReadBigEndian(encoded[..Size], isUnsigned: SignOf() == T.Zero) ^ SignOf();

    // The smallest number of a signed type is its sign bit alone, that of an unsigned one is zero.
    private static T SignOf() => T.MinValue;
}

/// <summary>Floating point of any width.</summary>
/// <remarks>
/// Positive numbers get the sign bit, negative ones are turned over: the bits then ascend with the numbers, from
/// negative to positive infinity. NaN comes before all numbers, as CompareTo has it; -0 equals 0.
/// </remarks>
internal sealed class FloatingOrder<T, TBits>(Func<T, TBits> toBits, Func<TBits, T> fromBits) : KeyOrder<T>
    where T : IFloatingPointIeee754<T>
    where TBits : unmanaged, IBinaryInteger<TBits>, IMinMaxValue<TBits>
{
    private static readonly IntegerOrder<TBits> Bits = new();

    public override int? FixedLength => Bits.FixedLength;

    public override void Encode(T key, ref RecordWriter writer)
    {
        // The smallest bits of all belong to no number once negative ones are turned over.
        TBits bits = T.IsNaN(key) ? TBits.MinValue : Ascending(toBits(key == T.Zero ? T.Zero : key));
        Bits.Encode(bits, ref writer);
    }

    public override T Decode(ReadOnlySpan<byte> encoded)
    {
        TBits bits = Bits.Decode(encoded);
        return bits == TBits.MinValue ? T.NaN : fromBits(Ascending(bits));
    }

    // Its own inverse.
    private static TBits Ascending(TBits bits) => TBits.IsNegative(bits) ? bits ^ TBits.MaxValue : bits;
}

/// <summary>Enums by the numbers behind them.</summary>
internal sealed class EnumOrder<T, TNumber>(KeyOrder<TNumber> order) : KeyOrder<T>
    where T : unmanaged, Enum
    where TNumber : unmanaged
{
    public override int? FixedLength => order.FixedLength;

    public override void Encode(T key, ref RecordWriter writer) =>
        order.Encode(Unsafe.BitCast<T, TNumber>(key), ref writer);

    public override T Decode(ReadOnlySpan<byte> encoded) =>
        Unsafe.BitCast<TNumber, T>(order.Decode(encoded));
}

/// <summary>Dates and times by a count.</summary>
internal sealed class TicksOrder<T>(Func<T, long> toTicks, Func<long, T> fromTicks) : KeyOrder<T>
{
    private static readonly IntegerOrder<long> Ticks = new();

    public override int? FixedLength => sizeof(long);

    public override void Encode(T key, ref RecordWriter writer) => Ticks.Encode(toTicks(key), ref writer);

    public override T Decode(ReadOnlySpan<byte> encoded) => fromTicks(Ticks.Decode(encoded));
}

/// <summary>Guids as CompareTo and their text have them: most significant byte first.</summary>
internal sealed class GuidOrder : KeyOrder<Guid>
{
    private const int Size = 16;

    public override int? FixedLength => Size;

    public override void Encode(Guid key, ref RecordWriter writer)
    {
        key.TryWriteBytes(writer.GetSpan(Size), bigEndian: true, out int written);
        writer.Advance(written);
    }

    public override Guid Decode(ReadOnlySpan<byte> encoded) => new(encoded[..Size], bigEndian: true);
}
