namespace Sluice.Sorting;

/// <summary>Unsigned 32-bit numbers in one to five bytes, seven bits each, least significant first (LEB128).</summary>
internal static class VarInt
{
    /// <summary>The longest encoding, bytes.</summary>
    public const int MaximumLength = 5;

    /// <summary>What <see cref="Read"/> returns where no number of 32 bits stands.</summary>
    public const int TooLong = -1;

    // The fifth byte holds the four bits that 28 leave of 32, and nothing goes on behind it.
    private const byte LastByteMaximum = 0x0F;

    /// <summary>Writes <paramref name="value"/>; returns how many bytes it took.</summary>
    public static int Write(Span<byte> room, uint value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            room[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number.</summary>
    /// <returns>Its length; 0 when <paramref name="bytes"/> ends before it does, <see cref="TooLong"/> when it has more
    /// than 32 bits, or more than five bytes.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out uint value)
    {
        value = 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            if (length == MaximumLength - 1 && bytes[length] > LastByteMaximum)
            {
                return TooLong;
            }

            value |= (uint)(bytes[length] & 0x7F) << (7 * length);
            if (bytes[length] < 0x80)
            {
                return length + 1;
            }
        }

        return 0;
    }
}
