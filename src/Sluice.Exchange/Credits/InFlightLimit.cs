using System.Diagnostics;

namespace Sluice.Exchange;

/// <summary>Bounds the bytes that may be on their way from one peer silo.</summary>
/// <remarks>
/// The connection carries probes and control too, and has no brake of its own. Fetches wait in order. One that asks for
/// more than the bound goes alone. Invariant: bytes in flight never exceed the bound, unless a single fetch has them;
/// nobody waits while nothing is in flight. Threading: any thread; who waits is let in outside of the lock.
/// </remarks>
/// <param name="most">Bytes.</param>
public sealed class InFlightLimit(long most)
{
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly LinkedList<Lease> _waiting = [];
    private long _bytes;

    /// <summary>Bytes that may come at the moment.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Waits until so many bytes may come.</summary>
    /// <param name="bytes">What the fetch has room for.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Disposed once nothing of it can come any more.</returns>
    public Task<Lease> EnterAsync(long bytes, CancellationToken cancellation)
    {
        Lease lease = new(this, bytes);
        lock (_gate)
        {
            if (_waiting.Count == 0 && IsRoomLocked(bytes))
            {
                _bytes += bytes;
                return Task.FromResult(lease);
            }

            _waiting.AddLast(lease);
        }

        return WaitAsync(lease, cancellation);
    }

    private async Task<Lease> WaitAsync(Lease lease, CancellationToken cancellation)
    {
        using (cancellation.UnsafeRegister(_ => GiveUp(lease, cancellation), null))
        {
            return await lease.Admitted.Task.ConfigureAwait(false);
        }
    }

    private void GiveUp(Lease lease, CancellationToken cancellation)
    {
        bool waits;
        lock (_gate)
        {
            waits = _waiting.Remove(lease);
        }

        if (waits)
        {
            lease.Admitted.TrySetCanceled(cancellation);

            // It may have been the one that all others waited behind.
            AdmitWhatCan();
        }
    }

    private void Leave(long bytes)
    {
        lock (_gate)
        {
            _bytes -= bytes;
            Debug.Assert(_bytes >= 0, "What leaves has entered.");
        }

        AdmitWhatCan();
    }

    private void AdmitWhatCan()
    {
        while (TryNext() is Lease next)
        {
            next.Admitted.TrySetResult(next);
        }
    }

    private Lease? TryNext()
    {
        lock (_gate)
        {
            if (_waiting.First?.Value is not Lease next || !IsRoomLocked(next.Bytes))
            {
                return null;
            }

            _waiting.RemoveFirst();
            _bytes += next.Bytes;
            return next;
        }
    }

    private bool IsRoomLocked(long bytes) => _bytes == 0 || _bytes + bytes <= most;

    /// <summary>Leave for the bytes of one fetch.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly InFlightLimit _limit;
        private int _isOver;

        internal Lease(InFlightLimit limit, long bytes)
        {
            _limit = limit;
            Bytes = bytes;
        }

        internal long Bytes { get; }

        internal TaskCompletionSource<Lease> Admitted { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                _limit.Leave(Bytes);
            }
        }
    }
}
