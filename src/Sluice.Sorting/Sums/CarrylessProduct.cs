using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Sluice.Sorting;

/// <summary>The carry-less product of two 64-bit words: that of polynomials over GF(2), 127 bits wide.</summary>
internal static class CarrylessProduct
{
    /// <summary>The product of a vector's two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> OfHalves(Vector128<ulong> words)
    {
        if (Pclmulqdq.IsSupported)
        {
            // The control byte takes the left operand's upper word and the right one's lower word.
            return Pclmulqdq.CarrylessMultiply(words, words, 1);
        }

        return ArmAes.IsSupported
            ? ArmAes.PolynomialMultiplyWideningLower(words.GetLower(), words.GetUpper())
            : BitByBit(words.GetElement(0), words.GetElement(1));
    }

    /// <summary>Whether the processor multiplies two pairs of words at once.</summary>
    public static bool HasPairs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Pclmulqdq.V256.IsSupported;
    }

    /// <summary>The products of a vector's first two words and of its last two; where <see cref="HasPairs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> OfPairs(Vector256<ulong> words) =>
        Pclmulqdq.V256.CarrylessMultiply(words, words, 1);

    /// <summary>The products of two vectors' first words and of their third ones; where
    /// <see cref="HasPairs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> OfFirsts(Vector256<ulong> left, Vector256<ulong> right) =>
        Pclmulqdq.V256.CarrylessMultiply(left, right, 0);

    /// <summary>The products of two vectors' second words and of their fourth ones; where
    /// <see cref="HasPairs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> OfSeconds(Vector256<ulong> left, Vector256<ulong> right) =>
        Pclmulqdq.V256.CarrylessMultiply(left, right, 0x11);

    /// <summary>The product of a vector's two words without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Vector128<ulong> BitByBit(ulong left, ulong right)
    {
        UInt128 product = 0;
        for (UInt128 shifted = left; right != 0; right >>= 1, shifted <<= 1)
        {
            product ^= shifted * (right & 1);
        }

        return Vector128.Create((ulong)product, (ulong)(product >> 64));
    }
}
