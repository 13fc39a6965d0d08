namespace Sluice.Buffers;

/// <summary>
/// Memory that its holder can do without, by spilling it or by writing it to a file and serving it from there.
/// </summary>
/// <remarks>
/// Asked outside every lock, by the thread that needs memory (or by a thread pool thread for an asynchronous or timed
/// request), never by two threads at once and never for requests of the pool it is registered with. It may be asked
/// again while buffers promised before are still on their way, and once more just after its registration was disposed.
/// An exception from here fails the request that asked, unless it is met in another way; a holder whose own task can
/// report the failure answers 0.
/// </remarks>
public interface IReclaimable
{
    /// <summary>How many buffers it could give back now or soon. An estimate; cheap.</summary>
    int Reclaimable { get; }

    /// <summary>Gives buffers back by releasing them, or starts to.</summary>
    /// <param name="segments">How many are needed; more may be given.</param>
    /// <param name="cancellation">
    /// Nobody needs them any more: the request was met in another way, or given up. What takes long is broken off.
    /// </param>
    /// <returns>How many were released before it returned; 0 when they come later or not at all.</returns>
    int Reclaim(int segments, CancellationToken cancellation);
}
