using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>A hash of 128 bits, and the sum of such hashes modulo 2^128.</summary>
/// <remarks>
/// Two words rather than an <see cref="UInt128"/>: code that holds one of those cannot be compiled ahead.
/// </remarks>
public readonly record struct Hash128(ulong High, ulong Low)
{
    private const int Digits = 32;

    public static implicit operator Hash128(UInt128 value) => new((ulong)(value >> 64), (ulong)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Hash128 operator +(Hash128 left, Hash128 right)
    {
        ulong low = left.Low + right.Low;
        return new Hash128(left.High + right.High + (low < left.Low ? 1UL : 0UL), low);
    }

    public static Hash128 operator -(Hash128 left, Hash128 right) =>
        new(left.High - right.High - (left.Low < right.Low ? 1UL : 0UL), left.Low - right.Low);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">These are not 32 hexadecimal digits.</exception>
    public static Hash128 Parse(ReadOnlySpan<char> digits) => digits.Length == Digits
        ? new Hash128(Word(digits[..(Digits / 2)]), Word(digits[(Digits / 2)..]))
        : throw new FormatException("A hash of 128 bits has 32 hexadecimal digits.");

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    private static ulong Word(ReadOnlySpan<char> digits) =>
        ulong.Parse(
            digits,
            System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture);
}
