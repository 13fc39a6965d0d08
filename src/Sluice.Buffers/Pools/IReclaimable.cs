namespace Sluice.Buffers;

/// <summary>
/// Memory that its holder can do without, by spilling it or by writing it to a file and serving it from there.
/// </summary>
/// <remarks>
/// Asked outside every lock, by the thread that needs memory (or by a thread pool thread for an asynchronous or timed
/// request), never by two threads at once and never for requests of the pool it is registered with. It may be asked
/// again while buffers promised before are still on their way, and once more just after its registration was disposed.
/// An exception from here fails the request that asked; a holder that cannot spill answers 0 and reports its own
/// failure to its own task.
/// </remarks>
public interface IReclaimable
{
    /// <summary>How many buffers it could give back now or soon. An estimate; cheap.</summary>
    int Reclaimable { get; }

    /// <summary>Gives buffers back by releasing them, or starts to.</summary>
    /// <param name="segments">How many are needed; more may be given.</param>
    /// <returns>How many were released before it returned; 0 when they come later or not at all.</returns>
    int Reclaim(int segments);
}
