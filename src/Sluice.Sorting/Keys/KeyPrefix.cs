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
    /// <summary>
    /// The eight bytes of <paramref name="key"/> from <paramref name="offset"/> on, zeros behind its end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key, int offset = 0) =>
        key.Length - offset >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64BigEndian(key[offset..])
            : OfShort(key, offset);

    // Two reads that may overlap: of eight bytes with zeros behind, what both have is the same.
    private static ulong OfShort(ReadOnlySpan<byte> key, int offset)
    {
        ReadOnlySpan<byte> rest = key[Math.Min(offset, key.Length)..];
        int shift = 8 * (sizeof(ulong) - rest.Length);
        return rest.Length switch
        {
            0 => 0,
            1 => (ulong)rest[0] << 56,
            < sizeof(uint) => ((ulong)BinaryPrimitives.ReadUInt16BigEndian(rest) << 48)
                | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(rest[^sizeof(ushort)..]) << shift),
            _ => ((ulong)BinaryPrimitives.ReadUInt32BigEndian(rest) << 32)
                | ((ulong)BinaryPrimitives.ReadUInt32BigEndian(rest[^sizeof(uint)..]) << shift),
        };
    }
}
