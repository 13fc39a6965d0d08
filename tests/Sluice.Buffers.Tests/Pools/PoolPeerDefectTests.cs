namespace Sluice.Buffers.Tests;

/// <summary>What goes wrong in the buffer pools of Flink, one test each.</summary>
public sealed class PoolPeerDefectTests
{
    [Fact]
    public void Insufficient_buffers_name_who_holds_them()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool holder = whole.Share("sort/map/3/0", 3, 4);
        NetworkBuffer held = holder.Request(CancellationToken.None);

        InsufficientBuffersException failure =
            Assert.Throws<InsufficientBuffersException>(() => whole.Share("sort/map/4/0", 2, 4));

        Assert.Contains("'sort/map/4/0' wants 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'sort/map/3/0' 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'sort/map/3/0' holds 1, the oldest for", failure.Message, StringComparison.Ordinal);
        held.Release();
    }

    [Fact]
    public async Task What_is_put_by_for_a_request_is_counted_so_a_maximum_of_4_gives_4()
    {
        using var whole = new WholePool(10);
        using LocalBufferPool pool = whole.Share("map 0", 2, 4);
        NetworkBuffer[] first = [pool.Request(CancellationToken.None), pool.Request(CancellationToken.None)];

        // Every thread may have segments put by for it. Together they get no more than the two that are left.
        NetworkBuffer[][] more = await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => Deadline.OnThread(() => LocalBufferPoolTests.TakeAll(pool).ToArray())));
        NetworkBuffer[] all = [.. first, .. more.SelectMany(taken => taken)];

        Assert.Equal(4, all.Length);
        Assert.Equal((4, 6), (pool.Lent, whole.Network.Free));
        await Task.WhenAll(all.Select(buffer => Deadline.OnThread(buffer.Release)));
        Assert.Equal((0, 10), (pool.Lent, whole.Network.Free));
    }

    [Fact]
    public async Task A_blocked_request_holds_no_lock_so_getters_requests_and_releases_go_on()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using LocalBufferPool other = whole.Share("map 1", 1, 2);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer> blocked = Deadline.OnThread(() => pool.Request(CancellationToken.None));
        Task<NetworkBuffer> timed = Deadline.OnThread(() => pool.Request(Deadline.Time, CancellationToken.None));
        Deadline.Await(() => !blocked.IsCompleted && !timed.IsCompleted);

        (int, int, int) counts = await Deadline.OnThread(() => (pool.Lent, other.Available, whole.Network.Free));
        NetworkBuffer elsewhere = await Deadline.OnThread(() => other.Request(CancellationToken.None));
        await Deadline.OnThread(elsewhere.Release);

        Assert.Equal((1, 2, 2), counts);
        held.Release();
        Task<NetworkBuffer> first = await Task.WhenAny(blocked, timed);
        (await first).Release();
        (await (first == blocked ? timed : blocked)).Release();
    }

    [Fact]
    public async Task A_timeout_of_50_ms_is_not_put_off_by_the_pace_at_which_holders_are_asked()
    {
        var time = new SteppedTime();
        using var whole = new WholePool(2, time: time);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        using var slow = new SlowHolder();
        using IDisposable registration = holding.RegisterReclaim(slow);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(holding)];
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        Task<NetworkBuffer> waiting = pool.RequestAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None).AsTask();
        Assert.True(slow.AwaitAsked());

        time.Advance(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAsync<BufferTimeoutException>(() => waiting.WaitAsync(Deadline.Time));

        slow.Proceed();
        Array.ForEach(held, buffer => buffer.Release());
    }

    [Fact]
    public void A_segment_recycled_twice_is_not_handed_out_twice()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 2, 2);
        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        pool.Recycle(buffer);

        Assert.Throws<BufferMisuseException>(() => pool.Recycle(buffer));
        NetworkBuffer[] taken = [.. LocalBufferPoolTests.TakeAll(pool)];
        Assert.Throws<BufferMisuseException>(() => pool.Recycle(buffer));

        Assert.Equal(2, taken.Length);
        Assert.NotSame(taken[0].Segment, taken[1].Segment);
        Array.ForEach(taken, pool.Recycle);
    }

    [Fact]
    public void Recycling_after_destroy_counts_down_to_zero_and_not_below()
    {
        using var whole = new WholePool(2);
        LocalBufferPool pool = whole.Share("map 0", 2, 2);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(pool)];
        pool.Dispose();

        pool.Recycle(held[0]);
        (int, int) afterOne = (pool.Lent, whole.Network.Free);
        pool.Recycle(held[1]);

        Assert.Equal((1, 1), afterOne);
        Assert.Equal((0, 2), (pool.Lent, whole.Network.Free));
        Assert.Throws<BufferMisuseException>(() => pool.Recycle(held[1]));
        Assert.Equal((0, 2), (pool.Lent, whole.Network.Free));
    }

    [Fact]
    public void A_buffer_of_another_pool_is_not_recycled_here()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using LocalBufferPool other = whole.Share("map 1", 1, 1);
        NetworkBuffer buffer = other.Request(CancellationToken.None);

        Assert.Throws<ArgumentException>(() => pool.Recycle(buffer));

        Assert.True(buffer.IsLive);
        other.Recycle(buffer);
    }

    [Fact]
    public void The_quota_of_a_channel_is_hard_also_when_the_pool_has_plenty()
    {
        using var whole = new WholePool(16);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 8, 16, 2, 2);
        var held = new List<NetworkBuffer>();
        while (pool.TryRequest(0, out NetworkBuffer buffer))
        {
            held.Add(buffer);
        }

        Assert.Equal((2, 14), (held.Count, whole.Network.Free));
        Assert.Throws<BufferTimeoutException>(() => pool.Request(0, TimeSpan.Zero, CancellationToken.None));
        held.ForEach(buffer => buffer.Release());
    }
}
