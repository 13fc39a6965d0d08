using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Client;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64: 64 random bits a step, the same on every machine.
/// </summary>
internal struct WordRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A sequence of its own for every (seed, stream).</summary>
    public WordRandom(ulong seed, ulong stream)
    {
        ulong mix = seed;
        mix = Split(ref mix) ^ stream;
        _s0 = Split(ref mix);
        _s1 = Split(ref mix);
        _s2 = Split(ref mix);
        _s3 = Split(ref mix);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
