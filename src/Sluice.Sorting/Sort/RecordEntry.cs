using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>What the sort moves: 16 bytes that stand for one record.</summary>
/// <remarks>
/// <see cref="Prefix"/> holds the first eight bytes of the key, big endian and padded with zeros, so that comparing
/// two prefixes as numbers compares the keys as bytes; only equal prefixes need the keys themselves.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
internal struct RecordEntry
{
    /// <summary>Bytes of one entry.</summary>
    public const int Size = 16;

    public ulong Prefix;
    public int Partition;

    /// <summary>The record's place in the order of arrival, counted from the first record of its fill.</summary>
    public uint Number;

    /// <summary>The eight bytes of <paramref name="key"/> from <paramref name="offset"/> on, zeros behind its end.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key, int offset = 0)
    {
        if (key.Length - offset >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key[offset..]);
        }

        ulong prefix = 0;
        int shift = 56;
        for (int i = offset; i < key.Length; i++, shift -= 8)
        {
            prefix |= (ulong)key[i] << shift;
        }

        return prefix;
    }
}
