namespace Sluice.Sorting;

/// <summary>Decimals by value: 1.0 equals 1.00, and both decode to 1.</summary>
/// <remarks>
/// <code>
/// byte 0      1 negative, 2 zero, 3 positive
/// byte 1      digits before the decimal point, plus 64; may be below 64 when zeros follow the point
/// then        the digits from the first that is not zero on, two a byte, plus 1; no zeros at the end
/// last byte   0
/// </code>
/// A larger exponent is a larger number, and with equal exponents the digits decide; behind a shorter row of digits the
/// 0 sorts before any more. For negative numbers all bytes behind the first are turned over. Zero is its first byte
/// alone.
/// </remarks>
internal sealed class DecimalOrder : KeyOrder<decimal>
{
    private const byte Negative = 1;
    private const byte Zero = 2;
    private const byte Positive = 3;
    private const int Bias = 64;

    // 96 bits.
    private const int MostDigits = 29;
    private const int MostBytes = 2 + ((MostDigits + 1) / 2) + 1;

    public override void Encode(decimal key, ref RecordWriter writer)
    {
        if (key == 0)
        {
            writer.WriteByte(Zero);
            return;
        }

        Span<byte> digits = stackalloc byte[MostDigits];
        int count = Digits(key, digits, out int pointAt);
        Span<byte> encoded = writer.GetSpan(MostBytes);
        encoded[0] = key < 0 ? Negative : Positive;
        encoded[1] = (byte)(pointAt + Bias);
        int length = 2;
        for (int i = 0; i < count; i += 2)
        {
            int second = i + 1 < count ? digits[i + 1] : 0;
            encoded[length++] = (byte)((10 * digits[i]) + second + 1);
        }

        encoded[length++] = 0;
        if (key < 0)
        {
            KeyBytes.Invert(encoded[1..length]);
        }

        writer.Advance(length);
    }

    public override decimal Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded[0] == Zero)
        {
            return 0;
        }

        byte mask = encoded[0] == Negative ? byte.MaxValue : (byte)0;
        int pointAt = (encoded[1] ^ mask) - Bias;
        UInt128 number = 0;
        int digits = 0;
        for (int i = 2; i < encoded.Length - 1; i++)
        {
            number = (number * 100) + (uint)((encoded[i] ^ mask) - 1);
            digits += 2;
        }

        // The last pair may hold one digit only.
        if (number % 10 == 0)
        {
            number /= 10;
            digits--;
        }

        int scale = digits - pointAt;
        for (; scale < 0; scale++)
        {
            number *= 10;
        }

        return new decimal(
            (int)(uint)number, (int)(uint)(number >> 32), (int)(uint)(number >> 64), mask != 0, (byte)scale);
    }

    // The digits without zeros at the end, and how many of them stand before the decimal point.
    private static int Digits(decimal key, Span<byte> digits, out int pointAt)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(key, parts);
        UInt128 number = new((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        int scale = (parts[3] >> 16) & 0xFF;
        int count = 0;
        for (; number != 0; number /= 10)
        {
            digits[count++] = (byte)(number % 10);
        }

        digits[..count].Reverse();
        pointAt = count - scale;
        while (digits[count - 1] == 0)
        {
            count--;
        }

        return count;
    }
}
