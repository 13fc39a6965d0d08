using System.Runtime.CompilerServices;
using Sluice.Buffers;

namespace Sluice.Exchange;

/// <summary>Lets the consumer's own thread sleep until a fetch has ended.</summary>
/// <remarks>
/// Also a cancelled fetch is waited for: until it has ended, its credits may be written to. Only for the engine's
/// dedicated threads: nobody else waits on the thread that sleeps here.
/// </remarks>
internal static class FetchSignal
{
    public static FetchReply Wait(ValueTask<FetchReply> pending, WaitKind kind)
    {
        if (!pending.IsCompleted)
        {
            using WaitClock.Wait wait = WaitClock.Begin(kind);
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
