using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sorting;

/// <summary>The product of two 64-bit words, 128 bits wide.</summary>
internal static class WideProduct
{
    /// <summary>The upper word of the product.</summary>
    /// <param name="left">One factor.</param>
    /// <param name="right">The other one.</param>
    /// <param name="low">The lower word of the product.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong left, ulong right, out ulong low)
    {
        if (Bmi2.X64.IsSupported)
        {
            // The framework's BigMul takes the lower word through memory here; a second multiplication costs less.
            low = left * right;
            return Bmi2.X64.MultiplyNoFlags(left, right);
        }

        return Math.BigMul(left, right, out low);
    }
}
