namespace Sluice.Buffers.Tests;

public sealed class ResizeTests
{
    [Fact]
    public void Shrinking_takes_back_as_buffers_return()
    {
        using var whole = new WholePool(6);
        using LocalBufferPool pool = whole.Share("map 0", 2, 5);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(pool)];

        pool.Resize(1, 3);

        Assert.Equal((1, 3, 5, 2), (pool.Minimum, pool.Maximum, pool.Lent, pool.Overdrawn));
        Assert.True(held.All(buffer => buffer.IsLive));
        held[0].Release();
        held[1].Release();
        Assert.Equal((0, 0, 3), (pool.Overdrawn, pool.Available, whole.Network.Free));
        held[2].Release();
        Assert.Equal(1, pool.Available);
        held[3].Release();
        held[4].Release();
    }

    [Fact]
    public async Task A_waiter_at_the_old_maximum_is_served_when_the_maximum_grows()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer> waiting = pool.RequestAsync(CancellationToken.None).AsTask();

        pool.Resize(1, 2);

        (await waiting.WaitAsync(Deadline.Time)).Release();
        held.Release();
    }

    [Fact]
    public async Task A_waiter_asks_holders_for_what_a_grown_minimum_guarantees()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using LocalBufferPool holding = whole.Share("holding", 0, 4);
        NetworkBuffer own = pool.Request(CancellationToken.None);
        var holder = new WillingHolder(holding);
        holder.Fill();
        Task<NetworkBuffer> waiting = pool.RequestAsync(CancellationToken.None).AsTask();

        pool.Resize(3, 3);

        NetworkBuffer got = await waiting.WaitAsync(Deadline.Time);
        Assert.Equal([2], holder.Asked);
        got.Release();
        own.Release();
        holder.Release(4);
    }

    [Fact]
    public async Task What_a_waiter_is_guaranteed_by_a_grown_minimum_is_kept_for_it()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using LocalBufferPool ring = whole.Share("ring", 0, 4);
        using IDisposable registration = ring.RegisterReclaim(new EmptyHandedHolder());
        NetworkBuffer own = pool.Request(CancellationToken.None);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(ring)];
        Task<NetworkBuffer> waiting = pool.RequestAsync(CancellationToken.None).AsTask();

        pool.Resize(3, 3);
        held[0].Release();
        NetworkBuffer got = await waiting.WaitAsync(Deadline.Time);
        held[1].Release();
        bool borrowed = ring.TryRequest(out _);

        Assert.False(borrowed);
        got.Release();
        own.Release();
        held[2].Release();
    }

    [Fact]
    public void A_lowered_minimum_can_be_guaranteed_to_another()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool pool = whole.Share("map 0", 3, 4);
        Assert.Throws<InsufficientBuffersException>(() => whole.Share("map 1", 2, 2));

        pool.Resize(2, 4);
        using LocalBufferPool next = whole.Share("map 1", 2, 2);

        Assert.Equal(2, next.Available);
    }

    [Fact]
    public void Resize_refuses_what_makes_no_sense_and_changes_nothing()
    {
        using var whole = new WholePool(10);
        using LocalBufferPool other = whole.Share("map 0", 7, 10);
        using LocalBufferPool pool = whole.Share("map 1", 2, 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Resize(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Resize(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Resize(5, 4));
        InsufficientBuffersException failure = Assert.Throws<InsufficientBuffersException>(() => pool.Resize(4, 9));

        Assert.StartsWith(
            "'map 1' wants 4 buffers guaranteed, but of 10 there are 7 guaranteed to others ('map 0' 7), " +
                "which leaves 3.",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Contains("NetworkBufferPoolOptions.SegmentCount (10)", failure.Message, StringComparison.Ordinal);
        Assert.Equal((2, 4, 3), (pool.Minimum, pool.Maximum, pool.Available));
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Resize(1, 1));
    }
}
