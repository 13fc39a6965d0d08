namespace Sluice.Buffers.Tests;

public class BufferRequestsTests
{
    [Fact]
    public void All_are_taken_or_none()
    {
        using NetworkBufferPool pool = new(new NetworkBufferPoolOptions { SegmentCount = 4, SegmentSize = 64 });
        using LocalBufferPool own = pool.CreateBufferPool(
            new BufferPoolOptions { Owner = "test", Minimum = 4, Maximum = 4 });
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));

        Assert.ThrowsAny<OperationCanceledException>(() => own.RequestAll(5, soon.Token));
        NetworkBuffer[] all = own.RequestAll(4, CancellationToken.None);
        Assert.False(own.TryRequest(out _));
        all.ReleaseAll();

        Assert.Equal(0, pool.Lent);
    }
}
