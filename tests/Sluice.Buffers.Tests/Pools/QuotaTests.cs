namespace Sluice.Buffers.Tests;

/// <summary>The quota of a subpartition is hard.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task A_waiter_at_its_quota_waits_although_the_pool_has_segments_and_gets_its_own_release()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 4, 8, 2, 1);
        NetworkBuffer own = pool.Request(0, TimeSpan.Zero, CancellationToken.None);
        NetworkBuffer other = pool.Request(1, TimeSpan.Zero, CancellationToken.None);
        Task<NetworkBuffer> waiting = pool.RequestAsync(0, CancellationToken.None).AsTask();

        other.Release();
        (bool afterOther, int free) = (waiting.IsCompleted, whole.Network.Free);
        own.Release();
        NetworkBuffer got = await waiting.WaitAsync(Deadline.Time);

        Assert.False(afterOther);
        Assert.Equal(7, free);
        Assert.Equal((1, 0), (pool.LentTo(0), pool.LentTo(1)));
        got.Release();
    }

    [Fact]
    public async Task A_waiter_at_its_quota_does_not_hold_up_those_behind_it()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 2, 2, 2, 1);
        NetworkBuffer own = pool.Request(0, TimeSpan.Zero, CancellationToken.None);
        NetworkBuffer other = pool.Request(1, TimeSpan.Zero, CancellationToken.None);
        Task<NetworkBuffer> first = pool.RequestAsync(0, CancellationToken.None).AsTask();
        Task<NetworkBuffer> behind = pool.RequestAsync(1, CancellationToken.None).AsTask();

        other.Release();
        NetworkBuffer served = await behind.WaitAsync(Deadline.Time);

        Assert.False(first.IsCompleted);
        own.Release();
        (await first.WaitAsync(Deadline.Time)).Release();
        served.Release();
    }

    [Fact]
    public void Requests_for_no_subpartition_count_against_no_quota()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 3, 3, 1, 1);
        NetworkBuffer general = pool.Request(CancellationToken.None);

        bool first = pool.TryRequest(0, out NetworkBuffer buffer);
        general.Release();
        bool second = pool.TryRequest(0, out _);

        Assert.True(first);
        Assert.False(second);
        buffer.Release();
    }

    [Fact]
    public void Random_requests_never_pass_a_quota_and_fail_only_for_a_reason()
    {
        var random = new Random(7);
        using var whole = new WholePool(12);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 4, 10, 3, 4);
        List<NetworkBuffer>[] held = [[], [], []];
        for (int step = 0; step < 3000; step++)
        {
            int subpartition = random.Next(3);
            List<NetworkBuffer> own = held[subpartition];
            if (own.Count > 0 && random.Next(5) < 2)
            {
                own[^1].Release();
                own.RemoveAt(own.Count - 1);
            }
            else
            {
                bool expected = own.Count < 4 && held.Sum(buffers => buffers.Count) < 10;
                Assert.Equal(expected, pool.TryRequest(subpartition, out NetworkBuffer buffer));
                if (expected)
                {
                    own.Add(buffer);
                }
            }

            Assert.Equal(held.Select(buffers => buffers.Count), Enumerable.Range(0, 3).Select(pool.LentTo));
        }

        foreach (NetworkBuffer buffer in held.SelectMany(buffers => buffers))
        {
            buffer.Release();
        }
    }

    [Fact]
    public void A_subpartition_that_does_not_exist_is_refused()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 2, 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TryRequest(2, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TryRequest(-1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.LentTo(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Network.CreateBufferPool("map 1", 0, 1, 2, 0));
    }
}
