using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>The first eight bytes of a key as a number that orders like them.</summary>
/// <remarks>
/// Big endian and padded with zeros: where two prefixes differ, comparing them as unsigned numbers compares the keys as
/// bytes; only equal prefixes need the keys themselves.
/// </remarks>
public static class KeyPrefix
{
    // From here on the framework's wide comparison is worth its call.
    private const int LongKey = 64;

    /// <summary>
    /// The eight bytes of <paramref name="key"/> from <paramref name="offset"/> on, zeros behind its end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key, int offset = 0) =>
        key.Length - offset >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64BigEndian(key[offset..])
            : OfShort(key, offset);

    /// <summary>Compares two keys whose first eight bytes, with zeros behind a shorter one, are the same.</summary>
    /// <returns>As comparing the keys as unsigned bytes, the shorter first where it begins the longer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int CompareBehind(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        // Most that come here are short and equal: that is told without a call.
        int common = Math.Min(left.Length, right.Length);
        for (int offset = sizeof(ulong); offset < common; offset += sizeof(ulong))
        {
            if (offset == LongKey)
            {
                return left[offset..].SequenceCompareTo(right[offset..]);
            }

            ulong leftWord = Of(left, offset);
            ulong rightWord = Of(right, offset);
            if (leftWord != rightWord)
            {
                return leftWord < rightWord ? -1 : 1;
            }
        }

        return left.Length - right.Length;
    }

    private static ulong OfShort(ReadOnlySpan<byte> key, int offset)
    {
        ReadOnlySpan<byte> rest = key[Math.Min(offset, key.Length)..];
        return BinaryPrimitives.ReverseEndianness(
            ShortWords.Read(ref MemoryMarshal.GetReference(rest), rest.Length));
    }
}
