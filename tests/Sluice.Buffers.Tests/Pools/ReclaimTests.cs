namespace Sluice.Buffers.Tests;

public sealed class ReclaimTests
{
    [Fact]
    public void Forty_small_map_outputs_do_not_starve_the_next_map()
    {
        // 60 segments = 40 finished outputs of 1 (minimum given up) + 20 of the running map's ring (minimum 4).
        // Two more tasks of 4 are guaranteed: 3 x 4 = 12 of 60.
        using var whole = new WholePool(60);
        (LocalBufferPool Pool, WillingHolder Holder)[] outputs =
            [.. Enumerable.Range(0, 40).Select(map => FinishedMap(whole, $"map {map}"))];
        using LocalBufferPool running = whole.Share("map 40", 4, 60);
        var ring = new WillingHolder(running);
        ring.Fill();
        using LocalBufferPool next = whole.Share("map 41", 4, 60);
        using LocalBufferPool third = whole.Share("map 42", 4, 60);

        NetworkBuffer[] minimum = RequestMany(next, 4);
        int[] askedForMinimum = ring.Asked;
        NetworkBuffer[] many = RequestMany(third, 30);

        Assert.Equal([4], askedForMinimum);
        Assert.Equal(4, ring.Asked[1]);
        Assert.True(ring.Reclaimable >= running.Minimum, "The ring keeps what it is guaranteed.");
        Assert.True(
            outputs.Count(output => output.Holder.Reclaimable == 0) >= 15, "Outputs gave what the ring did not.");
        foreach (NetworkBuffer buffer in minimum.Concat(many))
        {
            buffer.Release();
        }

        ring.Release(60);
        foreach ((LocalBufferPool pool, WillingHolder holder) in outputs)
        {
            holder.Release(1);
            pool.Dispose();
        }

        static (LocalBufferPool Pool, WillingHolder Holder) FinishedMap(WholePool whole, string owner)
        {
            LocalBufferPool pool = whole.Share(owner, 4, 60);
            var holder = new WillingHolder(pool);
            holder.Hold(pool.Request(CancellationToken.None));
            pool.GiveUpMinimum();
            return (pool, holder);
        }
    }

    [Fact]
    public void The_largest_holder_is_asked_first_and_nobody_below_its_minimum()
    {
        using var whole = new WholePool(12);
        using LocalBufferPool small = whole.Share("small", 0, 3);
        using LocalBufferPool large = whole.Share("large", 0, 5);
        using LocalBufferPool modest = whole.Share("modest", 4, 4);
        WillingHolder[] holders = [new(small), new(large), new(modest)];
        Array.ForEach(holders, holder => holder.Fill());
        using LocalBufferPool next = whole.Share("next", 7, 7);

        NetworkBuffer[] taken = RequestMany(next, 7);

        Assert.Equal([2], holders[0].Asked);
        Assert.Equal([5], holders[1].Asked);
        Assert.Empty(holders[2].Asked);
        Assert.Equal((1, 0, 4), (small.Lent, large.Lent, modest.Lent));
        Array.ForEach(taken, buffer => buffer.Release());
        Array.ForEach(holders, holder => holder.Release(12));
    }

    [Fact]
    public async Task A_pool_is_never_asked_for_its_own_waiters()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool pool = whole.Share("map 0", 1, 4);
        var holder = new WillingHolder(pool);
        holder.Fill();
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<BufferTimeoutException>(() => pool.Request(TimeSpan.FromMilliseconds(5), CancellationToken.None));
        Task<NetworkBuffer> blocked = Deadline.OnThread(() => pool.Request(cancellation.Token));
        holder.Release(1);
        (await blocked).Release();

        Assert.Empty(holder.Asked);
        holder.Release(3);
    }

    [Fact]
    public void Nobody_is_asked_when_the_requester_is_at_its_own_maximum()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool holding = whole.Share("holding", 0, 3);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        var holder = new WillingHolder(holding);
        holder.Fill();
        NetworkBuffer own = pool.Request(CancellationToken.None);

        Assert.Throws<BufferTimeoutException>(() => pool.Request(TimeSpan.FromMilliseconds(5), CancellationToken.None));

        Assert.Empty(holder.Asked);
        own.Release();
        holder.Release(3);
    }

    [Fact]
    public async Task Holders_are_asked_without_any_lock()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        var willing = new WillingHolder(whole.Share("unused", 0, 2));
        foreach (NetworkBuffer buffer in LocalBufferPoolTests.TakeAll(holding))
        {
            willing.Hold(buffer);
        }

        using var slow = new SlowHolder(willing);
        using IDisposable registration = holding.RegisterReclaim(slow);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        Task<NetworkBuffer> blocked = Deadline.OnThread(() => pool.Request(CancellationToken.None));
        Assert.True(slow.AwaitAsked());

        // These need the lock, from another thread than the one that asks.
        int free = await Task.Run(() => whole.Network.Free).WaitAsync(Deadline.Time);
        bool tried = await Task.Run(() => holding.TryRequest(out _)).WaitAsync(Deadline.Time);
        slow.Proceed();
        NetworkBuffer got = await blocked;

        Assert.Equal(0, free);
        Assert.False(tried);
        got.Release();
        willing.Release(2);
    }

    [Fact]
    public async Task A_holder_that_registers_late_is_asked_by_those_who_wait_already()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(holding)];
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        Task<NetworkBuffer> blocked = Deadline.OnThread(() => pool.Request(CancellationToken.None));
        Task<NetworkBuffer> asynchronous = whole.Share("map 1", 1, 1).RequestAsync(CancellationToken.None).AsTask();

        var holder = new WillingHolder(holding);
        Array.ForEach(held, holder.Hold);

        (await blocked).Release();
        (await asynchronous.WaitAsync(Deadline.Time)).Release();
        Assert.NotEmpty(holder.Asked);
        holder.Release(2);
    }

    [Fact]
    public async Task One_holder_is_not_asked_by_two_at_once_and_both_are_served()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool holding = whole.Share("holding", 0, 4);
        var exclusive = new ExclusiveHolder(holding);
        using LocalBufferPool first = whole.Share("map 0", 2, 2);
        using LocalBufferPool second = whole.Share("map 1", 2, 2);

        Task<NetworkBuffer[]>[] requests =
        [
            Deadline.OnThread(() => RequestMany(first, 2)),
            Deadline.OnThread(() => RequestMany(second, 2)),
        ];
        foreach (NetworkBuffer buffer in (await Task.WhenAll(requests)).SelectMany(taken => taken))
        {
            buffer.Release();
        }

        Assert.False(exclusive.WasAskedTwiceAtOnce);
    }

    [Fact]
    public async Task A_holder_that_fails_fails_the_request_and_nothing_is_lost()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        using IDisposable registration = holding.RegisterReclaim(new FailingHolder());
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(holding)];
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        await Assert.ThrowsAsync<IOException>(() => Deadline.OnThread(() => pool.Request(CancellationToken.None)));
        await Assert.ThrowsAsync<IOException>(
            () => pool.RequestAsync(CancellationToken.None).AsTask().WaitAsync(Deadline.Time));
        await Assert.ThrowsAsync<IOException>(
            () => Deadline.OnThread(() => pool.Request(Deadline.Time, CancellationToken.None)));

        Array.ForEach(held, buffer => buffer.Release());
        Assert.Equal(2, whole.Network.Free);
    }

    [Fact]
    public async Task A_buffer_given_by_a_holder_that_then_fails_is_what_was_asked_for()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        var willing = new WillingHolder(holding);
        willing.Fill();
        willing.Registration.Dispose();
        using IDisposable registration = holding.RegisterReclaim(new FailingHolder(willing));
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        NetworkBuffer got = await Deadline.OnThread(() => pool.Request(CancellationToken.None));

        Assert.Equal((1, 1, 0), (pool.Lent, holding.Lent, whole.Network.Free));
        got.Release();
        willing.Release(2);
    }

    [Fact]
    public void Memory_goes_with_the_last_buffer_of_a_disposed_pool_when_the_holder_that_gave_it_fails()
    {
        var network = new NetworkBufferPool(new NetworkBufferPoolOptions { SegmentCount = 1, SegmentSize = 64 });
        LocalBufferPool holding = network.CreateBufferPool("holding", 0, 1);
        var willing = new WillingHolder(holding);
        NetworkBuffer held = holding.Request(CancellationToken.None);
        MemorySegment segment = held.Segment;
        willing.Hold(held);
        willing.Registration.Dispose();
        holding.RegisterReclaim(new FailingHolder(willing, network.Dispose));
        LocalBufferPool pool = network.CreateBufferPool("map 0", 1, 1);

        pool.Request(CancellationToken.None).Release();

        Assert.Equal(0, network.Lent);
        Assert.Throws<ObjectDisposedException>(() => segment.GetByte(0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_holder_that_fails_does_not_keep_another_from_giving(bool isLarger)
    {
        using var whole = new WholePool(7);
        using LocalBufferPool failing = whole.Share("failing", 0, isLarger ? 4 : 3);
        using IDisposable registration = failing.RegisterReclaim(new FailingHolder());
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(failing)];
        using LocalBufferPool giving = whole.Share("giving", 0, isLarger ? 3 : 4);
        var willing = new WillingHolder(giving);
        willing.Fill();
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        (await Deadline.OnThread(() => pool.Request(CancellationToken.None))).Release();

        Assert.Equal([1], willing.Asked);
        Array.ForEach(held, buffer => buffer.Release());
        willing.Release(4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_holder_gives_up_its_wait_when_the_request_is_cancelled(bool isBlocking)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool holding = whole.Share("holding", 0, 1);
        PatientHolder patient = new();
        using IDisposable registration = holding.RegisterReclaim(patient);
        NetworkBuffer held = holding.Request(CancellationToken.None);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        using CancellationTokenSource cancel = new();
        Task<NetworkBuffer> asked = isBlocking
            ? Deadline.OnThread(() => pool.Request(cancel.Token))
            : pool.RequestAsync(cancel.Token).AsTask();
        await patient.Asked;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Deadline.Time));
        await patient.Cancelled;
        held.Release();
        Assert.Equal(1, whole.Network.Free);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_holder_gives_up_its_wait_when_the_request_is_met_in_another_way(bool isBlocking)
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 1);
        PatientHolder patient = new();
        using IDisposable registration = holding.RegisterReclaim(patient);
        NetworkBuffer held = holding.Request(CancellationToken.None);
        using LocalBufferPool other = whole.Share("other", 0, 1);
        NetworkBuffer comesBack = other.Request(CancellationToken.None);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        Task<NetworkBuffer> asked = isBlocking
            ? Deadline.OnThread(() => pool.Request(CancellationToken.None))
            : pool.RequestAsync(CancellationToken.None).AsTask();
        await patient.Asked;

        comesBack.Release();

        (await asked.WaitAsync(Deadline.Time)).Release();
        await patient.Cancelled;
        held.Release();
    }

    [Fact]
    public async Task Nobody_is_asked_any_more_for_a_request_that_was_given_up()
    {
        using var whole = new WholePool(6);
        using LocalBufferPool large = whole.Share("large", 0, 4);
        using var slow = new SlowHolder();
        using IDisposable registration = large.RegisterReclaim(slow);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(large)];
        using LocalBufferPool small = whole.Share("small", 0, 2);
        var next = new WillingHolder(small);
        next.Fill();
        using LocalBufferPool pool = whole.Share("map 0", 2, 2);
        using var cancel = new CancellationTokenSource();
        Task<NetworkBuffer> given = pool.RequestAsync(cancel.Token).AsTask();
        Assert.True(slow.AwaitAsked());

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(Deadline.Time));
        slow.Proceed();
        using LocalBufferPool other = whole.Share("map 1", 1, 1);
        (await other.RequestAsync(CancellationToken.None).AsTask().WaitAsync(Deadline.Time)).Release();

        Assert.Equal([1], next.Asked);
        Array.ForEach(held, buffer => buffer.Release());
        next.Release(1);
    }

    [Fact]
    public void A_withdrawn_registration_is_not_asked()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        var holder = new WillingHolder(holding);
        holder.Fill();
        holder.Registration.Dispose();
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        Assert.Throws<BufferTimeoutException>(() => pool.Request(TimeSpan.FromMilliseconds(5), CancellationToken.None));

        Assert.Empty(holder.Asked);
        holder.Release(2);
    }

    [Fact]
    public async Task Two_tasks_that_block_beyond_their_minimum_both_get_on()
    {
        using var whole = new WholePool(6);
        using LocalBufferPool left = whole.Share("left", 1, 6);
        using LocalBufferPool right = whole.Share("right", 1, 6);

        Task<int> first = Deadline.OnThread(() => GrowTo(left, 3));
        Task<int> second = Deadline.OnThread(() => GrowTo(right, 5));

        Assert.Equal(3, await first);
        Assert.Equal(5, await second);

        static int GrowTo(LocalBufferPool pool, int wanted)
        {
            var holder = new WillingHolder(pool);
            int most = 0;
            while (most < wanted)
            {
                holder.Hold(pool.Request(CancellationToken.None));
                most = Math.Max(most, holder.Reclaimable);
            }

            holder.Release(wanted);
            return most;
        }
    }

    private static NetworkBuffer[] RequestMany(LocalBufferPool pool, int count)
    {
        using var deadline = new CancellationTokenSource(Deadline.Time);
        return [.. Enumerable.Range(0, count).Select(_ => pool.Request(deadline.Token))];
    }

    /// <summary>Gives one buffer per call and notes whether two calls overlapped.</summary>
    private sealed class ExclusiveHolder : IReclaimable
    {
        private readonly WillingHolder _inner;
        private int _inside;

        public ExclusiveHolder(LocalBufferPool pool)
        {
            _inner = new WillingHolder(pool);
            _inner.Fill();
            _inner.Registration.Dispose();
            pool.RegisterReclaim(this);
        }

        public bool WasAskedTwiceAtOnce { get; private set; }

        public int Reclaimable => _inner.Reclaimable;

        public int Reclaim(int segments, CancellationToken cancellation)
        {
            WasAskedTwiceAtOnce |= Interlocked.Increment(ref _inside) > 1;
            Thread.Yield();
            int given = _inner.Reclaim(1, cancellation);
            Interlocked.Decrement(ref _inside);
            return given;
        }
    }
}
