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
    /// <summary>
    /// The eight bytes of <paramref name="key"/> from <paramref name="offset"/> on, zeros behind its end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key, int offset = 0) =>
        key.Length - offset >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64BigEndian(key[offset..])
            : OfShort(key, offset);

    private static ulong OfShort(ReadOnlySpan<byte> key, int offset)
    {
        ReadOnlySpan<byte> rest = key[Math.Min(offset, key.Length)..];
        return BinaryPrimitives.ReverseEndianness(
            ShortWords.Read(ref MemoryMarshal.GetReference(rest), rest.Length));
    }
}
