using System.Runtime.InteropServices;
using Sluice.Buffers;

namespace Sluice.Exchange;

/// <summary>
/// The segments a consumer reserved for one fetch: each is a credit, a promise of room for one block.
/// </summary>
/// <remarks>
/// Ownership: the consumer fills it, the serving side takes what it needs, and what is left goes back when the
/// reservation is disposed, so a fetch that fails or times out leaks nothing. Threading: one thread at a time.
/// </remarks>
public sealed class CreditReservation : IDisposable
{
    private readonly List<NetworkBuffer> _segments = [];
    private int _used;

    private CreditReservation()
    {
    }

    /// <summary>Credits not used yet.</summary>
    public int Count => _segments.Count - _used;

    /// <summary>Bytes that have room in them.</summary>
    public long Bytes => Count == 0 ? 0 : (long)Count * _segments[_used].Size;

    /// <summary>The segments not used yet; who fills some of them says so with <see cref="Use"/>.</summary>
    public ReadOnlySpan<NetworkBuffer> Segments => CollectionsMarshal.AsSpan(_segments)[_used..];

    /// <summary>No credits: a fetch with them only asks how much waits.</summary>
    public static CreditReservation None() => new();

    /// <summary>Reserves one segment for sure, and up to <paramref name="wanted"/> when they are free.</summary>
    /// <param name="pool">The consumer's pool.</param>
    /// <param name="wanted">How many blocks are welcome, at least 1.</param>
    /// <param name="cancellation">Ends waiting for the first segment.</param>
    public static CreditReservation From(IBufferPool pool, int wanted, CancellationToken cancellation) =>
        From(pool.Request(cancellation), pool, wanted);

    /// <summary>Reserves what is free at this moment, up to <paramref name="wanted"/> segments.</summary>
    /// <returns>Null when nothing is.</returns>
    public static CreditReservation? TryFrom(IBufferPool pool, int wanted) =>
        pool.TryRequest(out NetworkBuffer first) ? From(first, pool, wanted) : null;

    /// <summary>
    /// Reserves with a segment that is reserved already, and up to <paramref name="wanted"/> with those that are free.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pool was destroyed; the segment has gone back.</exception>
    public static CreditReservation From(NetworkBuffer first, IBufferPool pool, int wanted)
    {
        CreditReservation credits = new();
        credits._segments.Add(first);
        try
        {
            while (credits.Count < wanted && pool.TryRequest(out NetworkBuffer next))
            {
                credits._segments.Add(next);
            }

            return credits;
        }
        catch
        {
            credits.Dispose();
            throw;
        }
    }

    /// <summary>Uses one credit: the segment's reference goes to the caller.</summary>
    public NetworkBuffer Take() => _segments[_used++];

    /// <summary>Uses the first <paramref name="count"/> of <see cref="Segments"/>: their references go to the
    /// caller.</summary>
    public void Use(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Count, nameof(count));
        _used += count;
    }

    /// <summary>Returns a credit that was taken and not needed after all.</summary>
    public void GiveBack(NetworkBuffer segment) => _segments[--_used] = segment;

    public void Dispose()
    {
        while (Count > 0)
        {
            Take().Release();
        }
    }
}
