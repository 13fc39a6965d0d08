using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sorting;

/// <summary>Asks memory for what is read soon.</summary>
internal static class CacheLines
{
    private const int Size = 64;

    /// <summary>Asks for a record of common length: its first two lines, and its last as far as the third.</summary>
    /// <param name="start">Where it begins; any address is harmless.</param>
    /// <param name="length">Its bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(byte* start, int length)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(start);
            Sse.Prefetch0(start + Size);
            Sse.Prefetch0(start + Math.Min(2 * Size, length));
        }
    }
}
