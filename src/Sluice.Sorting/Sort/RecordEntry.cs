using System.Runtime.InteropServices;

namespace Sluice.Sorting;

/// <summary>What the sort moves: 16 bytes that stand for one record.</summary>
/// <remarks>
/// <see cref="Prefix"/> is the key's <see cref="KeyPrefix"/>: only equal prefixes need the keys themselves.
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
}
