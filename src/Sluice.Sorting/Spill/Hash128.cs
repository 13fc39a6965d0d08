namespace Sluice.Sorting;

/// <summary>A hash of 128 bits, and the sum of such hashes modulo 2^128.</summary>
/// <remarks>Two words rather than an <see cref="UInt128"/>: code that holds one of those cannot be compiled ahead.</remarks>
public readonly record struct Hash128(ulong High, ulong Low)
{
    public static implicit operator Hash128(UInt128 value) => new((ulong)(value >> 64), (ulong)value);

    public static Hash128 operator +(Hash128 left, Hash128 right)
    {
        ulong low = left.Low + right.Low;
        return new Hash128(left.High + right.High + (low < left.Low ? 1UL : 0UL), low);
    }

    public static Hash128 operator -(Hash128 left, Hash128 right) =>
        new(left.High - right.High - (left.Low < right.Low ? 1UL : 0UL), left.Low - right.Low);

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
