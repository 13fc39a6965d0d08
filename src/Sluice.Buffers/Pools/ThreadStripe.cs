using System.Numerics;

namespace Sluice.Buffers;

/// <summary>A small number for the current thread; threads started one after another have different ones.</summary>
/// <remarks>
/// Two threads may share a number when there are more threads than stripes, so it spreads them, and no more.
/// </remarks>
internal static class ThreadStripe
{
    /// <summary>Twice the processors, so that threads rarely meet; a power of two.</summary>
    public static readonly int Count =
        Math.Min(64, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2));

    private static int s_next;

    // One more than the number, since a new thread finds 0 here.
    [ThreadStatic]
    private static int t_stripe;

    /// <summary>From 0 to <see cref="Count"/> - 1.</summary>
    public static int Current => (t_stripe == 0 ? Assign() : t_stripe) - 1;

    private static int Assign() => t_stripe = ((Interlocked.Increment(ref s_next) - 1) & (Count - 1)) + 1;
}
