using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Sorting;

/// <summary>The certificate's hash of one record, over (key length, key, value), taken in pieces of any size.</summary>
/// <remarks>
/// The record is cut into stripes of 128 bytes. Within a stripe the carry-less products of key-masked lanes are
/// independent of each other (CLNH, Lemire and Kaser 2016), so that the processor multiplies them side by side, and are
/// joined by exclusive or; stripes are chained, and the lengths enter at the end. The hash finds faults, not forgers.
/// Its layout is fixed: a sum that one version wrote is the sum that another computes.
/// </remarks>
public ref struct RecordHash
{
    private const int StripeSize = 128;
    private const int LaneSize = 16;

    // Any odd constants with well mixed bits do; these are the fractional digits of pi, from its hexadecimal expansion.
    private static ReadOnlySpan<ulong> LaneKeys =>
    [
        0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89,
        0x452821E638D01377, 0xBE5466CF34E90C6C, 0xC0AC29B7C97C50DD, 0x3F84D5B5B5470917,
        0x9216D5D98979FB1B, 0xD1310BA698DFB5AC, 0x2FFD72DBD01ADFB7, 0xB8E1AFED6A267E96,
        0xBA7C9045F12C7F99, 0x24A19947B3916CF7, 0x0801F2E2858EFC16, 0x636920D871574E69,
    ];

    private Hash128 _state;
    private Stripe128 _stripe;
    private int _filled;
    private bool _hasStripe;

    /// <summary>The hash of a record in two pieces.</summary>
    public static Hash128 Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return Of(key, key.Length);
        }

        RecordHash hash = default;
        hash.Add(key);
        hash.Add(value);
        return hash.Finish(key.Length, (long)key.Length + value.Length);
    }

    /// <summary>The hash of a record that lies in one piece, its key first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Hash128 Of(ReadOnlySpan<byte> record, int keyLength)
    {
        // Words, not spans or structs, from here on: the compiler keeps those in memory, and waits for them.
        ref byte start = ref MemoryMarshal.GetReference(record);
        if (record.Length > StripeSize)
        {
            return OfStripes(record, keyLength);
        }

        ulong high = Stripe(ref start, record.Length, out ulong low);
        return Finish(high, low, (ulong)keyLength, (ulong)record.Length);
    }

    /// <summary>Takes the next bytes of the record: first the key's, then the value's.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> stripe = _stripe;
        while (!bytes.IsEmpty)
        {
            // A full stripe is chained only when more follows: the last one, full or not, belongs to Finish.
            if (_filled == StripeSize)
            {
                _state = Next(stripe);
                _hasStripe = true;
                _filled = 0;
            }

            int count = Math.Min(bytes.Length, StripeSize - _filled);
            bytes[..count].CopyTo(stripe[_filled..]);
            bytes = bytes[count..];
            _filled += count;
        }
    }

    /// <summary>The hash of all that was added.</summary>
    /// <param name="keyLength">Bytes of the key.</param>
    /// <param name="recordLength">Bytes of key and value.</param>
    public readonly Hash128 Finish(long keyLength, long recordLength)
    {
        ReadOnlySpan<byte> stripe = _stripe;
        Hash128 state = Next(stripe[.._filled]);
        return Finish(state.High, state.Low, (ulong)keyLength, (ulong)recordLength);
    }

    private readonly Hash128 Next(ReadOnlySpan<byte> stripe)
    {
        Hash128 hash = Stripe(stripe);
        return _hasStripe ? Chain(_state, hash) : hash;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Hash128 OfStripes(ReadOnlySpan<byte> record, int keyLength)
    {
        Hash128 state = Stripe(record[..StripeSize]);
        ReadOnlySpan<byte> rest = record[StripeSize..];
        while (rest.Length > StripeSize)
        {
            state = Chain(state, Stripe(rest[..StripeSize]));
            rest = rest[StripeSize..];
        }

        state = Chain(state, Stripe(rest));
        return Finish(state.High, state.Low, (ulong)keyLength, (ulong)record.Length);
    }

    private static Hash128 Stripe(ReadOnlySpan<byte> bytes)
    {
        ulong high = Stripe(ref MemoryMarshal.GetReference(bytes), bytes.Length, out ulong low);
        return new Hash128(high, low);
    }

    // Up to 128 bytes; returns the upper word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Stripe(ref byte start, int length, out ulong low)
    {
        ref ulong keys = ref MemoryMarshal.GetReference(LaneKeys);
        if (length < LaneSize)
        {
            // One lane, with zeros behind.
            ulong first = ShortWords.Read(ref start, Math.Min(length, sizeof(ulong)));
            ulong second = length <= sizeof(ulong)
                ? 0
                : ShortWords.ReadUInt64(ref start, length - sizeof(ulong)) >> (8 * (LaneSize - length));
            return Halves(
                CarrylessProduct.OfHalves(Vector128.Create(first ^ keys, second ^ Unsafe.Add(ref keys, 1))), out low);
        }

        Vector128<ulong> products = default;
        nint last = length - LaneSize;
        nint offset = 0;
        if (CarrylessProduct.HasPairs && length >= 2 * LaneSize)
        {
            Vector256<ulong> pairs = default;
            do
            {
                pairs ^= TwoLanes(ref start, offset, ref Unsafe.AddByteOffset(ref keys, offset));
                offset += 2 * LaneSize;
            }
            while (offset <= last - LaneSize);

            products = pairs.GetLower() ^ pairs.GetUpper();
        }

        while (offset <= last)
        {
            products ^= Lane(ref start, offset, ref Unsafe.AddByteOffset(ref keys, offset));
            offset += LaneSize;
        }

        // The last lane is the last sixteen bytes: it reads some twice rather than copying the rest out.
        if (offset < length)
        {
            products ^= Lane(ref start, last, ref Unsafe.AddByteOffset(ref keys, offset));
        }

        return Halves(products, out low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Lane(ref byte start, nint offset, ref ulong keys)
    {
        Vector128<ulong> words = BitConverter.IsLittleEndian
            ? Vector128.LoadUnsafe(ref Unsafe.Add(ref start, offset)).AsUInt64()
            : Vector128.Create(
                ShortWords.ReadUInt64(ref start, offset), ShortWords.ReadUInt64(ref start, offset + sizeof(ulong)));
        return CarrylessProduct.OfHalves(words ^ Vector128.LoadUnsafe(ref keys));
    }

    // Little endian, as every processor is that has the instruction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> TwoLanes(ref byte start, nint offset, ref ulong keys) =>
        CarrylessProduct.OfPairs(
            Vector256.LoadUnsafe(ref Unsafe.Add(ref start, offset)).AsUInt64() ^ Vector256.LoadUnsafe(ref keys));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Halves(Vector128<ulong> product, out ulong low)
    {
        low = product.GetElement(0);
        return product.GetElement(1);
    }

    private static Hash128 Chain(Hash128 state, Hash128 stripe)
    {
        ulong low = state.Low ^ stripe.Low;
        ulong high = state.High ^ stripe.High;
        ulong foldHigh = WideProduct.Of(low ^ 0x9E3779B97F4A7C15, high ^ 0xC2B2AE3D27D4EB4F, out ulong foldLow);
        return new Hash128(foldHigh ^ low, foldLow + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash128 Finish(ulong high, ulong low, ulong keyLength, ulong total)
    {
        low += keyLength * 0x9FB21C651E98DF25;
        high ^= total * 0xD6E8FEB86659FD93;

        // Two products that do not wait for each other; each half of the result depends on both inputs.
        ulong firstHigh = WideProduct.Of(low ^ high, 0xA0761D6478BD642F, out ulong firstLow);
        ulong secondHigh = WideProduct.Of(
            high + BitOperations.RotateLeft(low, 23), 0xE7037ED1A0B428DB, out ulong secondLow);
        return new Hash128(firstHigh ^ secondLow ^ high, firstLow ^ secondHigh ^ low);
    }

    [InlineArray(StripeSize)]
    private struct Stripe128
    {
        private byte _first;
    }
}
