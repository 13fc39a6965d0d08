using System.Diagnostics;

namespace Sluice.Buffers.Tests;

public sealed class WaitingTests
{
    [Fact]
    public async Task Waiters_are_served_in_the_order_of_their_requests()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer>[] waiting =
            [.. Enumerable.Range(0, 5).Select(_ => pool.RequestAsync(CancellationToken.None).AsTask())];

        foreach (Task<NetworkBuffer> next in waiting)
        {
            Assert.False(next.IsCompleted);
            held.Release();
            held = await next.WaitAsync(Deadline.Time);
        }

        held.Release();
    }

    [Fact]
    public async Task A_waiter_below_its_minimum_goes_before_one_beyond_it()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool large = whole.Share("large", 1, 3);
        using IDisposable registration = large.RegisterReclaim(new EmptyHandedHolder());
        using LocalBufferPool small = whole.Share("small", 1, 1);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(large)];
        Task<NetworkBuffer> beyond = whole.Share("other", 0, 3).RequestAsync(CancellationToken.None).AsTask();
        Task<NetworkBuffer> below = small.RequestAsync(CancellationToken.None).AsTask();

        held[0].Release();
        NetworkBuffer first = await below.WaitAsync(Deadline.Time);
        bool otherWaits = !beyond.IsCompleted;
        held[1].Release();
        NetworkBuffer second = await beyond.WaitAsync(Deadline.Time);

        Assert.Equal(3, held.Length);
        Assert.True(otherWaits);
        first.Release();
        second.Release();
        held[2].Release();
    }

    [Fact]
    public async Task A_waiter_that_has_fallen_below_its_minimum_goes_before_an_earlier_one_beyond_it()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool ring = whole.Share("ring", 0, 3);
        using IDisposable registration = ring.RegisterReclaim(new EmptyHandedHolder());
        using LocalBufferPool small = whole.Share("small", 1, 2);
        NetworkBuffer own = small.Request(CancellationToken.None);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(ring)];
        Task<NetworkBuffer> earlier = ring.RequestAsync(CancellationToken.None).AsTask();
        Task<NetworkBuffer> later = small.RequestAsync(CancellationToken.None).AsTask();

        own.Release();
        NetworkBuffer first = await later.WaitAsync(Deadline.Time);
        bool earlierWaits = !earlier.IsCompleted;
        held[0].Release();
        NetworkBuffer second = await earlier.WaitAsync(Deadline.Time);

        Assert.True(earlierWaits);
        first.Release();
        second.Release();
        held[1].Release();
    }

    [Fact]
    public async Task A_blocked_thread_gets_what_another_releases()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer> blocked = Deadline.OnThread(() => pool.Request(CancellationToken.None));

        held.Release();
        NetworkBuffer got = await blocked;

        Assert.True(got.IsLive);
        got.Release();
    }

    [Fact]
    public async Task A_timeout_names_requester_and_holders_and_takes_nothing()
    {
        var time = new SteppedTime();
        using var whole = new WholePool(3, time: time);
        using LocalBufferPool holder = whole.Share("sort/map/3/0", 2, 2);
        using LocalBufferPool pool = whole.Share("sort/map/4/0", 1, 2);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(holder)];
        NetworkBuffer own = pool.Request(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(12.5));

        Task<NetworkBuffer> waiting = Deadline.OnThread(
            () => pool.Request(TimeSpan.FromMilliseconds(5), CancellationToken.None));
        Deadline.Await(() => time.TimersSet == 1);
        time.Advance(TimeSpan.FromMilliseconds(5));
        BufferTimeoutException failure = await Assert.ThrowsAsync<BufferTimeoutException>(() => waiting);

        Assert.StartsWith(
            "'sort/map/4/0' got no buffer within 5 ms: it holds 1 (minimum 1, maximum 2), 0 of 3 are free; "
            + "'sort/map/3/0' holds 2, the oldest for 12.5 s; 'sort/map/4/0' holds 1, the oldest for 12.5 s.",
            failure.Message,
            StringComparison.Ordinal);
        Array.ForEach(held, buffer => buffer.Release());
        Assert.Equal(2, whole.Network.Free);
        own.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void A_timeout_does_not_come_early(int milliseconds)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        long started = Stopwatch.GetTimestamp();

        Assert.Throws<BufferTimeoutException>(
            () => pool.Request(TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None));

        Assert.True(Stopwatch.GetElapsedTime(started).TotalMilliseconds >= milliseconds);
        held.Release();
    }

    [Fact]
    public async Task A_timeout_does_not_wait_for_a_holder_that_is_slow_to_give_back()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool holding = whole.Share("holding", 0, 2);
        using var slow = new SlowHolder();
        using IDisposable registration = holding.RegisterReclaim(slow);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(holding)];
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        await Assert.ThrowsAsync<BufferTimeoutException>(() => Deadline.OnThread(
            () => pool.Request(TimeSpan.FromMilliseconds(20), CancellationToken.None)));

        Assert.True(slow.AwaitAsked());
        slow.Proceed();
        Array.ForEach(held, buffer => buffer.Release());
    }

    [Fact]
    public async Task A_cancelled_wait_takes_nothing_and_lets_the_next_one_through()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task<NetworkBuffer> asynchronous = pool.RequestAsync(cancellation.Token).AsTask();
        Task<NetworkBuffer> blocking = Deadline.OnThread(() => pool.Request(cancellation.Token));
        Task<NetworkBuffer> timed = Deadline.OnThread(() => pool.Request(Deadline.Time, cancellation.Token));

        await cancellation.CancelAsync();
        foreach (Task<NetworkBuffer> cancelled in new[] { asynchronous, blocking, timed })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Deadline.Time));
        }

        Task<NetworkBuffer> next = pool.RequestAsync(CancellationToken.None).AsTask();
        held.Release();
        (await next.WaitAsync(Deadline.Time)).Release();
    }

    [Fact]
    public async Task A_request_with_a_cancelled_token_takes_nothing()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => pool.Request(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RequestAsync(cancelled).AsTask());

        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public async Task Waiters_end_when_their_pool_is_destroyed()
    {
        using var whole = new WholePool(1);
        LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer> asynchronous = pool.RequestAsync(CancellationToken.None).AsTask();
        Task<NetworkBuffer> blocking = Deadline.OnThread(() => pool.Request(CancellationToken.None));
        Task<NetworkBuffer> timed = Deadline.OnThread(() => pool.Request(Deadline.Time, CancellationToken.None));

        pool.Dispose();

        foreach (Task<NetworkBuffer> refused in new[] { asynchronous, blocking, timed })
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => refused.WaitAsync(Deadline.Time));
        }

        held.Release();
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task Nothing_is_lost_when_cancellation_meets_release(int seed)
    {
        var random = new Random(seed);
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        for (int round = 0; round < 300; round++)
        {
            NetworkBuffer held = pool.Request(CancellationToken.None);
            using var cancellation = new CancellationTokenSource();
            Task<NetworkBuffer> waiting = pool.RequestAsync(cancellation.Token).AsTask();
            int spins = random.Next(200);

            Task cancel = Task.Run(() =>
            {
                Thread.SpinWait(spins);
                cancellation.Cancel();
            });
            held.Release();
            await cancel.WaitAsync(Deadline.Time);

            // Both outcomes are right; in either the segment is there afterwards.
            if (await waiting.WaitAsync(Deadline.Time).ContinueWith(
                done => done.IsCompletedSuccessfully ? done.Result : default(NetworkBuffer?),
                TaskScheduler.Default) is { } got)
            {
                got.Release();
            }

            Assert.Equal(1, whole.Network.Free);
        }
    }
}
