namespace Sluice.Grains;

/// <summary>Bytes of blocks that went between this silo and others.</summary>
/// <remarks>Threading: any thread.</remarks>
internal sealed class ExchangeTraffic
{
    private long _sent;
    private long _received;

    public long SentBytes => Interlocked.Read(ref _sent);

    public long ReceivedBytes => Interlocked.Read(ref _received);

    public void Sent(long bytes) => Interlocked.Add(ref _sent, bytes);

    public void Received(long bytes) => Interlocked.Add(ref _received, bytes);
}
