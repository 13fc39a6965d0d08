using System.Runtime.CompilerServices;

namespace Sluice.Exchange;

/// <summary>Lets the consumer's own thread sleep until a fetch has been answered.</summary>
/// <remarks>
/// Only for the engine's dedicated threads: nobody else waits on the thread that sleeps here. It sleeps until the
/// transport is done, also when the consumer is cancelled: until then an answer may be on its way into the segments of
/// the consumer's reservation. The transport sees the same cancellation and ends the fetch.
/// </remarks>
internal static class FetchSignal
{
    public static FetchReply Wait(ValueTask<FetchReply> pending)
    {
        if (!pending.IsCompleted)
        {
            using ManualResetEventSlim answered = new();
            ValueTask<FetchReply> kept = pending.Preserve();
            ConfiguredValueTaskAwaitable<FetchReply>.ConfiguredValueTaskAwaiter awaiter =
                kept.ConfigureAwait(false).GetAwaiter();
            awaiter.UnsafeOnCompleted(answered.Set);
            answered.Wait();
            return awaiter.GetResult();
        }

        return pending.GetAwaiter().GetResult();
    }
}
