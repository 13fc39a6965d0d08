namespace Sluice.Buffers.Tests;

/// <summary>Who holds and who waits, by groups of owners.</summary>
public sealed class PoolStatusTests
{
    [Fact]
    public async Task Status_tells_holders_outputs_orphans_and_waiters_by_group()
    {
        SteppedTime time = new();
        using NetworkBufferPool pool = new(
            new NetworkBufferPoolOptions { SegmentCount = 6, SegmentSize = 64, TimeProvider = time });
        using LocalBufferPool map = Pool(pool, "a", "map", 2);
        using LocalBufferPool output = Pool(pool, "b", "map", 1);
        LocalBufferPool gone = Pool(pool, "c", "reduce", 1);
        using LocalBufferPool waiting = Pool(pool, "d", "reduce", 1);
        NetworkBuffer[] held = [Take(map), Take(map), Take(output), Take(gone), Take(waiting)];
        output.GiveUpMinimum();
        gone.Dispose();
        ValueTask<NetworkBuffer> request = waiting.RequestAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(3));

        PoolStatus status = pool.Status();

        Assert.Equal((6, 1), (status.Total, status.Free));
        PoolGroup maps = status.Groups.Single(group => group.Name == "map");
        PoolGroup reduces = status.Groups.Single(group => group.Name == "reduce");
        Assert.Equal((2, 1, 0, 0), (maps.Lent, maps.Reclaimable, maps.Orphaned, maps.Waiters));
        Assert.Equal((1, 0, 1, 1), (reduces.Lent, reduces.Reclaimable, reduces.Orphaned, reduces.Waiters));
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.Zero), (reduces.LongestWait, reduces.Waited));
        held[4].Release();
        (await request.AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Release();
        reduces = pool.Status().Groups.Single(group => group.Name == "reduce");
        Assert.Equal((0, TimeSpan.FromSeconds(3)), (reduces.Waiters, reduces.Waited));
        Array.ForEach(held[..4], buffer => buffer.Release());
    }

    private static LocalBufferPool Pool(NetworkBufferPool pool, string owner, string group, int size) =>
        pool.CreateBufferPool(new BufferPoolOptions { Owner = owner, Group = group, Minimum = size, Maximum = size });

    private static NetworkBuffer Take(LocalBufferPool pool)
    {
        Assert.True(pool.TryRequest(out NetworkBuffer buffer));
        return buffer;
    }
}
