using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>A fetch that is under way while the blocks of the one before are read.</summary>
/// <remarks>Ownership: owns the credits of its request. Threading: the consumer's thread.</remarks>
internal sealed class FetchAhead : IDisposable
{
    private readonly CancellationTokenSource _cancellation;
    private readonly CreditReservation _credits;
    private readonly WaitKind _wait;
    private readonly Task<FetchReply> _pending;

    private FetchAhead(
        CancellationTokenSource cancellation, CreditReservation credits, WaitKind wait, Task<FetchReply> pending)
    {
        _cancellation = cancellation;
        _credits = credits;
        _wait = wait;
        _pending = pending;
    }

    /// <summary>Asks; the credits are its own from now on, also when it fails.</summary>
    public static FetchAhead Begin(
        IExchangeTransport transport, FetchRequest request, WaitKind wait, CancellationToken cancellation)
    {
        CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            Task<FetchReply> pending = transport.FetchAsync(request, linked.Token).AsTask();
            return new FetchAhead(linked, request.Credits, wait, pending);
        }
        catch
        {
            request.Credits.Dispose();
            linked.Dispose();
            throw;
        }
    }

    /// <summary>The answer, once it is there.</summary>
    public FetchReply Wait() => FetchSignal.Wait(new ValueTask<FetchReply>(_pending), _wait);

    /// <summary>Gives up waiting, and gives back what has come.</summary>
    public void Abandon()
    {
        using (this)
        {
            _cancellation.Cancel();
            try
            {
                foreach (Block block in Wait().Blocks)
                {
                    block.Release();
                }
            }
#pragma warning disable CA1031 // Nobody wants the answer any more, nor why there is none.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }

    public void Dispose()
    {
        _credits.Dispose();
        _cancellation.Dispose();
    }
}
