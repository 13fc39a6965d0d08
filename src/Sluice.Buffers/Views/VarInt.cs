using System.Diagnostics.CodeAnalysis;

namespace Sluice.Buffers;

/// <summary>Numbers of variable length: seven bits a byte, lowest first (LEB128), and zigzag for signed ones.</summary>
internal static class VarInt
{
    public const int MaximumSize64 = 10;

    /// <summary>
    /// Writes into a span of at least <see cref="MaximumSize64"/> bytes and returns how many it took.
    /// </summary>
    public static int Encode(ulong value, Span<byte> target)
    {
        int count = 0;
        while (value >= 0x80)
        {
            target[count] = (byte)(value | 0x80);
            value >>= 7;
            count++;
        }

        target[count] = (byte)value;
        return count + 1;
    }

    /// <summary>Reads a number of at most <paramref name="bits"/> bits from the start of a span.</summary>
    /// <returns>How many bytes it took; 0 when it goes on behind the span's end.</returns>
    /// <exception cref="InvalidDataException">It has more bits, or more bytes than such a number takes.</exception>
    public static int Decode(ReadOnlySpan<byte> source, int bits, out ulong value)
    {
        value = 0;
        for (int count = 0; count < source.Length; count++)
        {
            int shift = 7 * count;
            ulong part = source[count] & 0x7FUL;
            if (shift >= bits || (bits - shift < 7 && part >> (bits - shift) != 0))
            {
                ThrowTooLong(bits);
            }

            value |= part << shift;
            if (source[count] < 0x80)
            {
                return count + 1;
            }
        }

        value = 0;
        return 0;
    }

    /// <summary>Reads a number from a view without moving it.</summary>
    /// <returns>How many bytes it takes.</returns>
    /// <exception cref="EndOfStreamException">The view ends inside it.</exception>
    /// <exception cref="InvalidDataException">It has more bits, or more bytes than such a number takes.</exception>
    public static int PeekVariable(this IDataInputView view, int bits, out ulong value)
    {
        int count = Decode(view.Peek(), bits, out value);
        return count > 0 ? count : PeekInPieces(view, bits, out value);
    }

    public static uint Zigzag(int value) => (uint)((value << 1) ^ (value >> 31));

    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static int Unzigzag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>It goes on in another piece, or not at all.</summary>
    private static int PeekInPieces(IDataInputView view, int bits, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[MaximumSize64];
        bytes = bytes[..view.Peek(bytes)];
        int count = Decode(bytes, bits, out value);
        return count > 0
            ? count
            : throw new EndOfStreamException(
                $"A number of more than {bytes.Length} bytes at position {view.Position} goes on behind the end.");
    }

    [DoesNotReturn]
    private static void ThrowTooLong(int bits) =>
        throw new InvalidDataException($"A number of variable length has more than {bits} bits.");
}
