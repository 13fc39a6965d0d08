namespace Sluice.Buffers;

/// <summary>Numbers of variable length: seven bits a byte, lowest first (LEB128), and zigzag for signed ones.</summary>
public static class VarInt
{
    /// <summary>The longest encoding of 32 bits, bytes.</summary>
    public const int MaximumSize32 = 5;

    /// <summary>The longest encoding of 64 bits, bytes.</summary>
    public const int MaximumSize64 = 10;

    /// <summary>What is returned instead of a length where more bits stand than asked for.</summary>
    public const int TooLong = -1;

    private const int BitsPerByte = 7;
    private const byte GoesOn = 0x80;

    /// <summary>Writes a number; returns how many bytes it took.</summary>
    /// <param name="target">Long enough: <see cref="MaximumSize32"/> or <see cref="MaximumSize64"/> always are.</param>
    /// <param name="value">The number.</param>
    public static int Write(Span<byte> target, ulong value)
    {
        int count = 0;
        while (value >= GoesOn)
        {
            target[count] = (byte)(value | GoesOn);
            value >>= BitsPerByte;
            count++;
        }

        target[count] = (byte)value;
        return count + 1;
    }

    /// <summary>Reads a number of at most 32 bits from the start of a span.</summary>
    /// <returns>How many bytes it took; 0 when it goes on behind the span's end, <see cref="TooLong"/> when it has more
    /// bits.</returns>
    public static int Read(ReadOnlySpan<byte> source, out uint value)
    {
        int count = Read(source, 32, out ulong read);
        value = (uint)read;
        return count;
    }

    /// <summary>Reads a number of at most <paramref name="bits"/> bits from the start of a span.</summary>
    /// <returns>How many bytes it took; 0 when it goes on behind the span's end, <see cref="TooLong"/> when it has more
    /// bits, or more bytes than such a number takes.</returns>
    public static int Read(ReadOnlySpan<byte> source, int bits, out ulong value)
    {
        value = 0;
        int shift = 0;
        for (int count = 0; count < source.Length; count++, shift += BitsPerByte)
        {
            byte part = source[count];

            // The last byte there can be: it holds the bits that are left, and nothing goes on behind it.
            if (bits - shift <= BitsPerByte && part >> (bits - shift) != 0)
            {
                return TooLong;
            }

            value |= (part & (GoesOn - 1UL)) << shift;
            if (part < GoesOn)
            {
                return count + 1;
            }
        }

        return 0;
    }

    /// <summary>Reads a number from a view without moving it.</summary>
    /// <returns>How many bytes it takes.</returns>
    /// <exception cref="EndOfStreamException">The view ends inside it.</exception>
    /// <exception cref="InvalidDataException">It has more bits, or more bytes than such a number takes.</exception>
    internal static int PeekVariable(this IDataInputView view, int bits, out ulong value)
    {
        int count = Read(view.Peek(), bits, out value);
        return count > 0 ? count : PeekInPieces(view, bits, out value);
    }

    /// <summary>Numbers near zero become small ones, whatever their sign.</summary>
    public static uint Zigzag(int value) => (uint)((value << 1) ^ (value >> 31));

    /// <summary>Numbers near zero become small ones, whatever their sign.</summary>
    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The number of which that was made.</summary>
    public static int Unzigzag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    /// <summary>The number of which that was made.</summary>
    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>It goes on in another piece, or not at all.</summary>
    private static int PeekInPieces(IDataInputView view, int bits, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[MaximumSize64];
        bytes = bytes[..view.Peek(bytes)];
        int count = Read(bytes, bits, out value);
        return count switch
        {
            > 0 => count,
            TooLong => throw new InvalidDataException($"A number of variable length has more than {bits} bits."),
            _ => throw new EndOfStreamException(
                $"A number of more than {bytes.Length} bytes at position {view.Position} goes on behind the end."),
        };
    }
}
