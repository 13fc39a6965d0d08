using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>Waits for a segment in line, with and without a thread, asking holders meanwhile.</summary>
/// <remarks>
/// A blocking wait without a deadline asks on its own thread. With a deadline the asking is left to the thread pool,
/// since a holder's spill may take longer than the deadline; the deadline is measured by <see cref="Stopwatch"/> and
/// does not come early.
/// </remarks>
internal sealed class WaitingRequest(NetworkBufferPool pool, HolderInquiry inquiry, BufferWaiter waiter)
{
    /// <summary>
    /// How often holders are asked again. Whatever comes back reaches the waiter at once; this is only for holders that
    /// had nothing to give when they were asked and have now.
    /// </summary>
    private static readonly TimeSpan s_askAgainAfter = TimeSpan.FromMilliseconds(50);

    public NetworkBufferState Wait(CancellationToken cancellationToken)
    {
        try
        {
            while (!waiter.IsAnswered)
            {
                inquiry.Ask(waiter);
                waiter.Pause(s_askAgainAfter, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            if (!IsMetAfterAll(failure))
            {
                throw;
            }
        }

        return waiter.Answer();
    }

    public NetworkBufferState Wait(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            while (!waiter.IsAnswered)
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                {
                    throw pool.TimedOut(waiter.Share, timeout);
                }

                waiter.InquireInBackground(inquiry);
                waiter.Pause(left < s_askAgainAfter ? left : s_askAgainAfter, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            if (!IsMetAfterAll(failure))
            {
                throw;
            }
        }

        return waiter.Answer();
    }

    public async ValueTask<NetworkBufferState> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!waiter.IsAnswered)
            {
                waiter.InquireInBackground(inquiry);
                await waiter.PauseAsync(s_askAgainAfter, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            if (!IsMetAfterAll(failure))
            {
                throw;
            }
        }

        return waiter.Answer();
    }

    /// <summary>
    /// Leaves the line. A segment that came in the same moment is kept when time or patience ran out, and goes back
    /// when asking failed.
    /// </summary>
    private bool IsMetAfterAll(Exception failure)
    {
        pool.Leave(waiter);
        if (!waiter.TryAnswer(out NetworkBufferState? segment))
        {
            return false;
        }

        if (failure is OperationCanceledException or BufferTimeoutException)
        {
            return true;
        }

        pool.Recycle(segment);
        return false;
    }
}
