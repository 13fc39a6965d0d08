using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Sorting;

/// <summary>What stands before a record in its partition's stream: the lengths of key and value, a varint
/// each.</summary>
internal static class RecordHeader
{
    /// <summary>Writes both lengths; returns how many bytes they took.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> room, int keyLength, int valueLength)
    {
        if ((keyLength | valueLength) < 0x80)
        {
            room[1] = (byte)valueLength;
            room[0] = (byte)keyLength;
            return 2;
        }

        int length = VarInt.Write(room, (uint)keyLength);
        return length + VarInt.Write(room[length..], (uint)valueLength);
    }

    /// <summary>Reads both lengths.</summary>
    /// <returns>How many bytes they take; 0 when <paramref name="bytes"/> ends before they do, <see
    /// cref="VarInt.TooLong"/> when one is no number of 32 bits.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out uint keyLength, out uint valueLength)
    {
        valueLength = 0;
        int first = VarInt.Read(bytes, out keyLength);
        if (first <= 0)
        {
            return first;
        }

        int second = VarInt.Read(bytes[first..], out valueLength);
        return second <= 0 ? second : first + second;
    }
}
