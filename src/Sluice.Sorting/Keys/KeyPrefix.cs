using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>The first eight bytes of a key as a number that orders like them.</summary>
/// <remarks>
/// Big endian and padded with zeros: where two prefixes differ, comparing them as unsigned numbers compares the keys as
/// bytes; only equal prefixes need the keys themselves.
/// </remarks>
public static class KeyPrefix
{
    /// <summary>The eight bytes of <paramref name="key"/> from <paramref name="offset"/> on, zeros behind its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key, int offset = 0) =>
        key.Length - offset >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(key[offset..]) : OfShort(key, offset);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong OfShort(ReadOnlySpan<byte> key, int offset)
    {
        ulong prefix = 0;
        int shift = 56;
        for (int i = offset; i < key.Length; i++, shift -= 8)
        {
            prefix |= (ulong)key[i] << shift;
        }

        return prefix;
    }
}
