using System.Diagnostics;
using Sluice.Observability;

namespace Sluice.Buffers;

/// <summary>Waits for a segment in line, with and without a thread, asking holders meanwhile.</summary>
/// <remarks>
/// A blocking wait without a deadline asks on its own thread. With a deadline, and without a thread, the asking is left
/// to the thread pool, since a holder's spill may take longer than the deadline.
/// </remarks>
internal sealed class WaitingRequest(
    SegmentLender lender, HolderInquiry inquiry, BufferWaiter waiter, RequestDeadline deadline)
{
    /// <summary>
    /// How often holders are asked again. Whatever comes back reaches the waiter at once; this is only for holders that
    /// had nothing to give when they were asked and have now.
    /// </summary>
    private static readonly TimeSpan s_askAgainAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>Shorter waits are not worth a span.</summary>
    private static readonly TimeSpan s_stall = TimeSpan.FromMilliseconds(10);

    public NetworkBufferState Wait(CancellationToken cancellationToken)
    {
        if (Activity.Current is null)
        {
            return WaitInLine(cancellationToken);
        }

        long since = Stopwatch.GetTimestamp();
        try
        {
            return WaitInLine(cancellationToken);
        }
        finally
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(since);
            if (waited >= s_stall)
            {
                TaskSpans.Begin(SpanNames.Stall, since: DateTimeOffset.UtcNow - waited)?.Dispose();
            }
        }
    }

    public async ValueTask<NetworkBufferState> WaitAsync(CancellationToken cancellationToken)
    {
        await PauseUntilAnsweredAsync(cancellationToken).ConfigureAwait(false);
        return waiter.Answer();
    }

    /// <summary>Waits for an announcement.</summary>
    public async ValueTask WaitUntilAnnouncedAsync(CancellationToken cancellationToken)
    {
        await PauseUntilAnsweredAsync(cancellationToken).ConfigureAwait(false);
        waiter.ThrowIfRefused();
    }

    private NetworkBufferState WaitInLine(CancellationToken cancellationToken)
    {
        using WaitClock.Wait counted = WaitClock.Begin(WaitKind.Memory);
        lender.BeginWait(waiter);
        waiter.Cancellation = cancellationToken;
        try
        {
            using ITimer? alarm = deadline.NudgeAtEnd(waiter);
            while (!waiter.IsAnswered)
            {
                TimeSpan pause = NextPause();
                if (deadline.IsInfinite)
                {
                    inquiry.Ask(waiter);
                }
                else
                {
                    waiter.InquireInBackground(inquiry);
                }

                waiter.Pause(pause, cancellationToken);
            }
        }
        catch (Exception)
        {
            if (!IsMetAfterAll())
            {
                throw;
            }
        }
        finally
        {
            lender.CountWait(waiter);
        }

        return waiter.Answer();
    }

    private async ValueTask PauseUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        lender.BeginWait(waiter);
        waiter.Cancellation = cancellationToken;
        try
        {
            using ITimer? alarm = deadline.NudgeAtEnd(waiter);
            while (!waiter.IsAnswered)
            {
                TimeSpan pause = NextPause();
                waiter.InquireInBackground(inquiry);
                await waiter.PauseAsync(pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            if (!IsMetAfterAll())
            {
                throw;
            }
        }
        finally
        {
            lender.CountWait(waiter);
        }
    }

    private TimeSpan NextPause()
    {
        TimeSpan left = deadline.Left;
        if (left <= TimeSpan.Zero)
        {
            throw lender.TimedOut(waiter, deadline.Timeout);
        }

        return left < s_askAgainAfter ? left : s_askAgainAfter;
    }

    /// <summary>
    /// Leaves the line. A segment that came in the same moment is kept, whatever ended the wait: it is what was asked
    /// for.
    /// </summary>
    private bool IsMetAfterAll()
    {
        lender.Leave(waiter);
        return waiter.TryAnswer(out _);
    }
}
