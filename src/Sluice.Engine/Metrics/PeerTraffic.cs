using System.Diagnostics;

namespace Sluice.Engine;

/// <summary>Fetches from one other silo, counted once a call.</summary>
/// <remarks>Threading: any thread.</remarks>
/// <param name="peer">The other silo, as measurements call it.</param>
internal sealed class PeerTraffic(string peer)
{
    private long _inFlightBytes;
    private long _receivedBytes;

    public string Peer => peer;

    /// <summary>Room promised to fetches under way.</summary>
    public long InFlightBytes => Volatile.Read(ref _inFlightBytes);

    /// <summary>Bytes of all blocks that came.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <summary>A fetch is sent.</summary>
    /// <param name="room">Bytes of the segments that stand behind its credits.</param>
    /// <returns>When, for <see cref="End"/>.</returns>
    public long Begin(long room)
    {
        Interlocked.Add(ref _inFlightBytes, room);
        return Stopwatch.GetTimestamp();
    }

    /// <summary>It has ended, however.</summary>
    /// <param name="silo">The silo that asked.</param>
    /// <param name="began">What <see cref="Begin"/> returned.</param>
    /// <param name="room">The same as then.</param>
    /// <param name="received">Bytes of the blocks that came.</param>
    public void End(string silo, long began, long room, long received)
    {
        Interlocked.Add(ref _inFlightBytes, -room);
        Interlocked.Add(ref _receivedBytes, received);
        EngineMeter.Fetched(silo, peer, Stopwatch.GetElapsedTime(began));
    }
}
