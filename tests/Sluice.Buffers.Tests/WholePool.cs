namespace Sluice.Buffers.Tests;

/// <summary>A small network pool that must be whole when the test ends; a leak names its owner.</summary>
internal sealed class WholePool : IDisposable
{
    public WholePool(int segments, int segmentSize = 64, TimeProvider? time = null)
    {
        Network = new NetworkBufferPool(new NetworkBufferPoolOptions
        {
            SegmentCount = segments,
            SegmentSize = segmentSize,
            TimeProvider = time ?? TimeProvider.System,
        });
    }

    public NetworkBufferPool Network { get; }

    public LocalBufferPool Share(string owner, int minimum, int maximum) =>
        Network.CreateBufferPool(new BufferPoolOptions { Owner = owner, Minimum = minimum, Maximum = maximum });

    public LocalBufferPool Watched(string owner, int minimum, IBufferLifecycle? lifecycle) =>
        Network.CreateBufferPool(new BufferPoolOptions
        {
            Owner = owner,
            Minimum = minimum,
            Maximum = Network.Total,
            Lifecycle = lifecycle,
        });

    public LocalBufferPool Share(BufferPoolOptions options) => Network.CreateBufferPool(options);

    public void Dispose()
    {
        Assert.True(Network.Lent == 0, "Not all buffers came back: " + string.Join("; ", Network.Holders()));
        Assert.Equal(Network.Total, Network.Free);
        Network.Dispose();
    }
}
