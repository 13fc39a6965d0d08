using System.Runtime.CompilerServices;

namespace Sluice.Client;

/// <summary>A state X(n) of the public sort generator's 128-bit linear congruential generator.</summary>
/// <remarks>X(0) = 0 and X(n+1) = a X(n) + c modulo 2^128. Record i is made of X(i+1), X(i+2), ...</remarks>
internal readonly record struct GensortState(ulong High, ulong Low)
{
    private const ulong FactorHigh = 0x2360ed051fc65da4;
    private const ulong FactorLow = 0x4385df649fccf645;
    private const ulong IncrementHigh = 0x4a696d4772617952;
    private const ulong IncrementLow = 0x4950202020202001;

    /// <summary>The state that follows this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GensortState Next()
    {
        ulong high = Math.BigMul(Low, FactorLow, out ulong low) + (Low * FactorHigh) + (High * FactorLow);
        low += IncrementLow;
        high += IncrementHigh + (low < IncrementLow ? 1UL : 0UL);
        return new GensortState(high, low);
    }

    /// <summary>
    /// X(n), in as many steps as n has bits: n steps at once are again x -> A x + C, and two such maps compose to a
    /// third.
    /// </summary>
    public static GensortState At(ulong n)
    {
        UInt128 factor = new(FactorHigh, FactorLow);
        UInt128 increment = new(IncrementHigh, IncrementLow);
        UInt128 state = UInt128.Zero;
        for (ulong left = n; left != 0; left >>= 1)
        {
            if ((left & 1) != 0)
            {
                state = (state * factor) + increment;
            }

            increment = (increment * factor) + increment;
            factor *= factor;
        }

        return new GensortState((ulong)(state >> 64), (ulong)state);
    }
}
