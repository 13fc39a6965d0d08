namespace Sluice.Buffers.Tests;

public sealed class OverdraftTests
{
    [Fact]
    public void A_request_in_the_middle_of_a_record_gets_as_many_beyond_the_maximum_as_the_overdraft_allows()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 3, overdraft: 2);
        var held = new List<NetworkBuffer>(LocalBufferPoolTests.TakeAll(pool));

        Overdraw(pool, held);

        Assert.Equal((5, 2, 3), (pool.Lent, pool.Overdrawn, whole.Network.Free));
        held.ForEach(buffer => buffer.Release());
    }

    [Fact]
    public void The_overdraft_is_paid_back_before_an_ordinary_request_is_met()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 2, overdraft: 2);
        var held = new List<NetworkBuffer>(LocalBufferPoolTests.TakeAll(pool));
        Overdraw(pool, held);

        // 4 are out. Whichever comes back, 3 and 2 are still too many, and 1 is not.
        var met = new List<bool>();
        while (held.Count > 1)
        {
            held[0].Release();
            held.RemoveAt(0);
            met.Add(pool.TryRequest(out NetworkBuffer buffer));
            if (met[^1])
            {
                buffer.Release();
            }
        }

        Assert.Equal([false, false, true], met);
        held[0].Release();
    }

    [Fact]
    public async Task A_waiter_in_the_middle_of_a_record_is_served_beyond_the_maximum_when_another_gives_back()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 1, overdraft: 1);
        using LocalBufferPool other = whole.Share("map 1", 0, 1);
        NetworkBuffer unfinished = pool.Request(CancellationToken.None);
        NetworkBuffer held = other.Request(CancellationToken.None);
        Task<NetworkBuffer> ordinary = pool.RequestAsync(CancellationToken.None).AsTask();
        Task<NetworkBuffer> waiting = pool.RequestOverdraftAsync(CancellationToken.None).AsTask();
        bool isMetTooEarly = waiting.IsCompleted;

        held.Release();
        NetworkBuffer drawn = await waiting.WaitAsync(Deadline.Time);

        Assert.False(isMetTooEarly);
        Assert.Equal((2, 1, false), (pool.Lent, pool.Overdrawn, ordinary.IsCompleted));
        drawn.Release();
        unfinished.Release();
        (await ordinary.WaitAsync(Deadline.Time)).Release();
    }

    [Fact]
    public async Task An_overdraft_that_waits_ends_with_cancellation_and_with_the_pool_and_takes_nothing()
    {
        using var whole = new WholePool(4);
        LocalBufferPool pool = Overdrawing(whole, maximum: 1, overdraft: 1);
        NetworkBuffer first = pool.Request(CancellationToken.None);
        NetworkBuffer second = await pool.RequestOverdraftAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task<NetworkBuffer> cancelled = pool.RequestOverdraftAsync(cancel.Token).AsTask();
        Task<NetworkBuffer> refused = pool.RequestOverdraftAsync(CancellationToken.None).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Deadline.Time));
        pool.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => refused.WaitAsync(Deadline.Time));

        Assert.Equal(2, pool.Lent);
        first.Release();
        second.Release();
    }

    [Fact]
    public async Task A_waiter_in_the_middle_of_a_record_makes_holders_give_back()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool holding = whole.Share("holding", 0, 3);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 1, overdraft: 1);
        NetworkBuffer unfinished = pool.Request(CancellationToken.None);
        var holder = new WillingHolder(holding);
        holder.Fill();

        NetworkBuffer drawn = await pool.RequestOverdraftAsync(CancellationToken.None).AsTask().WaitAsync(
            Deadline.Time);

        Assert.Equal(1, pool.Overdrawn);
        drawn.Release();
        unfinished.Release();
        holder.Release(1);
    }

    [Fact]
    public async Task A_waiter_is_served_only_when_the_overdraft_is_paid_back()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 1, overdraft: 1);
        NetworkBuffer first = pool.Request(CancellationToken.None);
        Assert.True(pool.TryRequestOverdraft(out NetworkBuffer second));
        Task<NetworkBuffer> waiting = pool.RequestAsync(CancellationToken.None).AsTask();

        first.Release();
        bool isMetTooEarly = waiting.IsCompleted;
        second.Release();

        Assert.False(isMetTooEarly);
        (await waiting.WaitAsync(Deadline.Time)).Release();
    }

    [Fact]
    public void The_overdraft_leaves_what_others_are_guaranteed()
    {
        using var whole = new WholePool(5);
        using LocalBufferPool pool = Overdrawing(whole, maximum: 2, overdraft: 3);
        using LocalBufferPool other = whole.Share("other", 2, 2);
        var held = new List<NetworkBuffer>(LocalBufferPoolTests.TakeAll(pool));

        Overdraw(pool, held);
        NetworkBuffer[] guaranteed = [.. LocalBufferPoolTests.TakeAll(other)];

        Assert.Equal(3, held.Count);
        Assert.Equal(2, guaranteed.Length);
        held.ForEach(buffer => buffer.Release());
        Array.ForEach(guaranteed, buffer => buffer.Release());
    }

    [Fact]
    public void The_quota_of_a_subpartition_is_not_overdrawn()
    {
        using var whole = new WholePool(5);
        using LocalBufferPool pool = whole.Share(new BufferPoolOptions
        {
            Owner = "map 0",
            Minimum = 1,
            Maximum = 1,
            Overdraft = 2,
            Subpartitions = 2,
            MaximumPerSubpartition = 1,
        });
        NetworkBuffer ordinary = pool.Request(0, TimeSpan.Zero, CancellationToken.None);

        bool same = pool.TryRequestOverdraft(0, out _);
        bool other = pool.TryRequestOverdraft(1, out NetworkBuffer buffer);

        Assert.False(same);
        Assert.True(other);
        ordinary.Release();
        buffer.Release();
    }

    [Fact]
    public void Without_an_overdraft_such_a_request_is_an_ordinary_one()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        bool ordinary = pool.TryRequestOverdraft(out NetworkBuffer buffer);
        bool beyond = pool.TryRequestOverdraft(out _);

        Assert.True(ordinary);
        Assert.False(beyond);
        buffer.Release();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.TryRequestOverdraft(out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Overdrawing(whole, 1, -1));
    }

    private static LocalBufferPool Overdrawing(WholePool whole, int maximum, int overdraft) =>
        whole.Share(new BufferPoolOptions { Owner = "map 0", Minimum = 1, Maximum = maximum, Overdraft = overdraft });

    private static void Overdraw(LocalBufferPool pool, List<NetworkBuffer> held)
    {
        while (pool.TryRequestOverdraft(out NetworkBuffer buffer))
        {
            held.Add(buffer);
        }
    }
}
