namespace Sluice.Buffers.Tests;

public sealed class AvailabilityTests
{
    [Fact]
    public async Task WaitUntilAvailable_completes_at_once_when_a_buffer_can_be_had_and_takes_none()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);

        ValueTask available = pool.WaitUntilAvailableAsync(CancellationToken.None);

        Assert.True(available.IsCompletedSuccessfully);
        await available;
        Assert.Equal(1, whole.Network.Free);
    }

    [Fact]
    public async Task WaitUntilAvailable_is_signalled_by_a_release()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task available = pool.WaitUntilAvailableAsync(CancellationToken.None).AsTask();

        bool isTooEarly = available.IsCompleted;
        held.Release();
        await available.WaitAsync(Deadline.Time);

        Assert.False(isTooEarly);
        Assert.True(pool.TryRequest(out NetworkBuffer buffer));
        buffer.Release();
    }

    [Fact]
    public async Task A_subpartition_has_its_own_signal()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 2, 4, 2, 1);
        Assert.True(pool.TryRequest(0, out NetworkBuffer ofFirst));
        Assert.True(pool.TryRequest(1, out NetworkBuffer ofSecond));
        Task first = pool.WaitUntilAvailableAsync(0, CancellationToken.None).AsTask();
        Task second = pool.WaitUntilAvailableAsync(1, CancellationToken.None).AsTask();

        ofSecond.Release();
        await second.WaitAsync(Deadline.Time);
        bool isFirstSignalled = first.IsCompleted;
        ofFirst.Release();
        await first.WaitAsync(Deadline.Time);

        Assert.False(isFirstSignalled);
    }

    [Fact]
    public async Task WaitUntilAvailable_makes_holders_give_back()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool holding = whole.Share("holding", 0, 3);
        var holder = new WillingHolder(holding);
        holder.Fill();
        using LocalBufferPool pool = whole.Share("map 0", 2, 2);

        await pool.WaitUntilAvailableAsync(CancellationToken.None).AsTask().WaitAsync(Deadline.Time);

        Assert.Equal(2, Assert.Single(holder.Asked));
        Assert.True(pool.TryRequest(out NetworkBuffer buffer));
        buffer.Release();
        holder.Release(3);
    }

    [Fact]
    public async Task What_is_announced_below_the_minimum_is_kept_until_it_is_taken()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool ring = whole.Share("ring", 0, 2);
        using IDisposable registration = ring.RegisterReclaim(new EmptyHandedHolder());
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(ring)];
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        Task available = pool.WaitUntilAvailableAsync(CancellationToken.None).AsTask();

        held[0].Release();
        await available.WaitAsync(Deadline.Time);
        bool borrowed = ring.TryRequest(out _);

        Assert.False(borrowed);
        Assert.True(pool.TryRequest(out NetworkBuffer buffer));
        buffer.Release();
        held[1].Release();
    }

    [Fact]
    public async Task WaitUntilAvailable_ends_with_cancellation_and_with_the_pool()
    {
        using var whole = new WholePool(1);
        LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task cancelled = pool.WaitUntilAvailableAsync(cancellation.Token).AsTask();
        Task refused = pool.WaitUntilAvailableAsync(CancellationToken.None).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Deadline.Time));
        pool.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => refused.WaitAsync(Deadline.Time));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => pool.WaitUntilAvailableAsync(cancellation.Token).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await pool.WaitUntilAvailableAsync(CancellationToken.None));
        held.Release();
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public async Task No_wake_up_is_lost_between_a_vain_try_and_the_wait(int seed)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        const int Rounds = 400;

        Task[] workers =
            [.. Enumerable.Range(0, 3)
                .Select(number => Task.Run(() => TakeTurnsAsync(new Random((seed * 10) + number))))];

        await Task.WhenAll(workers).WaitAsync(Deadline.Time);

        async Task TakeTurnsAsync(Random random)
        {
            for (int round = 0; round < Rounds; round++)
            {
                NetworkBuffer buffer;
                while (!pool.TryRequest(out buffer))
                {
                    await pool.WaitUntilAvailableAsync(CancellationToken.None);
                }

                Thread.SpinWait(random.Next(100));
                buffer.Release();
            }
        }
    }
}
