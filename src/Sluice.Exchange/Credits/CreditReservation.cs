using Sluice.Buffers;

namespace Sluice.Exchange;

/// <summary>The segments a consumer reserved for one fetch: each is a credit, a promise of room for one block.</summary>
/// <remarks>
/// Ownership: the consumer fills it, the serving side takes what it needs, and what is left goes back when the
/// reservation is disposed, so a fetch that fails or times out leaks nothing. Threading: one thread at a time.
/// </remarks>
public sealed class CreditReservation : IDisposable
{
    private readonly Stack<NetworkBuffer> _segments = new();

    /// <summary>Credits not used yet.</summary>
    public int Count => _segments.Count;

    /// <summary>Bytes that have room in them.</summary>
    public long Bytes => _segments.Sum(segment => (long)segment.Size);

    /// <summary>No credits: a fetch with them only asks how much waits.</summary>
    public static CreditReservation None() => new();

    /// <summary>Reserves one segment for sure, and up to <paramref name="wanted"/> when they are free.</summary>
    /// <param name="pool">The consumer's pool.</param>
    /// <param name="wanted">How many blocks are welcome, at least 1.</param>
    /// <param name="cancellation">Ends waiting for the first segment.</param>
    public static CreditReservation From(IBufferPool pool, int wanted, CancellationToken cancellation)
    {
        CreditReservation credits = new();
        credits._segments.Push(pool.Request(cancellation));
        while (credits.Count < wanted && pool.TryRequest(out NetworkBuffer buffer))
        {
            credits._segments.Push(buffer);
        }

        return credits;
    }

    /// <summary>Reserves what is free at this moment, up to <paramref name="wanted"/> segments.</summary>
    /// <returns>Null when nothing is.</returns>
    public static CreditReservation? TryFrom(IBufferPool pool, int wanted)
    {
        if (!pool.TryRequest(out NetworkBuffer first))
        {
            return null;
        }

        CreditReservation credits = Of(first);
        while (credits.Count < wanted && pool.TryRequest(out NetworkBuffer next))
        {
            credits._segments.Push(next);
        }

        return credits;
    }

    /// <summary>Makes a credit of a segment that is reserved already.</summary>
    public static CreditReservation Of(NetworkBuffer segment)
    {
        CreditReservation credits = new();
        credits._segments.Push(segment);
        return credits;
    }

    /// <summary>Uses one credit: the segment's reference goes to the caller.</summary>
    public NetworkBuffer Take() => _segments.Pop();

    /// <summary>Returns a credit that was not needed after all.</summary>
    public void GiveBack(NetworkBuffer segment) => _segments.Push(segment);

    public void Dispose()
    {
        while (_segments.TryPop(out NetworkBuffer segment))
        {
            segment.Release();
        }
    }
}
