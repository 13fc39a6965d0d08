using System.Collections.Concurrent;

namespace Sluice.Buffers.Tests;

/// <summary>What lies in a thread's magazine is free for everybody, and counted as free.</summary>
public sealed class MagazineTests
{
    [Fact]
    public async Task A_segment_in_another_threads_magazine_can_be_had_at_once()
    {
        using var whole = new WholePool(40);
        using LocalBufferPool pool = whole.Share("map 0", 40, 40);

        // It takes and gives back so many that its magazine has segments put by.
        await Deadline.OnThread(() => TakeAndGiveBack(pool, 40));
        NetworkBuffer[] taken = await Deadline.OnThread(() => LocalBufferPoolTests.TakeAll(pool).ToArray());

        Assert.Equal(40, taken.Length);
        Array.ForEach(taken, buffer => buffer.Release());
    }

    [Fact]
    public async Task Another_pool_gets_its_minimum_out_of_a_magazine()
    {
        using var whole = new WholePool(40);
        using LocalBufferPool pool = whole.Share("map 0", 0, 40);
        await Deadline.OnThread(() => TakeAndGiveBack(pool, 40));

        using LocalBufferPool next = whole.Share("map 1", 40, 40);
        NetworkBuffer[] taken = [.. LocalBufferPoolTests.TakeAll(next)];
        bool other = pool.TryRequest(out _);

        Assert.Equal(40, taken.Length);
        Assert.False(other);
        Array.ForEach(taken, buffer => buffer.Release());
    }

    [Fact]
    public async Task A_waiter_gets_what_a_thread_with_a_magazine_releases()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool pool = whole.Share("map 0", 4, 4);
        TakeAndGiveBack(pool, 4);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(pool)];
        Task<NetworkBuffer> waiting = pool.RequestAsync(CancellationToken.None).AsTask();

        held[0].Release();

        (await waiting.WaitAsync(Deadline.Time)).Release();
        Array.ForEach(held[1..], buffer => buffer.Release());
    }

    [Fact]
    public async Task Counts_are_exact_while_magazines_are_full()
    {
        using var whole = new WholePool(40);
        using LocalBufferPool pool = whole.Share("map 0", 10, 40);
        NetworkBuffer[] held = await Deadline.OnThread(() =>
        {
            TakeAndGiveBack(pool, 40);
            return Enumerable.Range(0, 3).Select(_ => pool.Request(CancellationToken.None)).ToArray();
        });
        TakeAndGiveBack(pool, 5);

        Assert.Equal((3, 37, 37), (pool.Lent, pool.Available, whole.Network.Free));
        Assert.Equal(3, Assert.Single(whole.Network.Holders()).Count);
        Array.ForEach(held, buffer => buffer.Release());
    }

    [Fact]
    public void A_destroyed_pool_lends_nothing_out_of_its_magazine()
    {
        using var whole = new WholePool(40);
        LocalBufferPool pool = whole.Share("map 0", 40, 40);
        TakeAndGiveBack(pool, 40);

        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.TryRequest(out _));
        Assert.Equal(40, whole.Network.Free);
    }

    [Fact]
    public void A_pool_does_not_draw_over_by_way_of_its_magazine()
    {
        using var whole = new WholePool(20);
        using LocalBufferPool pool = whole.Share(
            new BufferPoolOptions { Owner = "map 0", Minimum = 0, Maximum = 10, Overdraft = 2 });
        TakeAndGiveBack(pool, 10);
        var held = new List<NetworkBuffer>(LocalBufferPoolTests.TakeAll(pool));
        Assert.True(pool.TryRequestOverdraft(out NetworkBuffer drawn));

        // Back to the maximum: what was drawn over is no room for an ordinary request.
        drawn.Release();
        bool met = pool.TryRequest(out _);

        Assert.Equal(10, held.Count);
        Assert.False(met);
        held.ForEach(buffer => buffer.Release());
    }

    [Fact]
    public void What_a_pool_gives_back_is_not_kept_for_it_while_a_guarantee_is_not_covered()
    {
        using var whole = new WholePool(4);
        LocalBufferPool old = whole.Share("old", 2, 2);
        NetworkBuffer[] lost = [.. LocalBufferPoolTests.TakeAll(old)];
        using LocalBufferPool pool = whole.Share("map 0", 0, 4);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(pool)];
        old.Dispose();
        using LocalBufferPool next = whole.Share("map 1", 2, 2);

        held[0].Release();
        bool again = pool.TryRequest(out _);
        bool guaranteed = next.TryRequest(out NetworkBuffer buffer);

        Assert.False(again);
        Assert.True(guaranteed);
        buffer.Release();
        held[1].Release();
        Array.ForEach(lost, one => one.Release());
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task No_segment_is_lent_twice_and_no_maximum_passed_on_several_threads(int seed)
    {
        using var whole = new WholePool(24);

        // 10 + 6 = 16 of 24 guaranteed; the maximums of 16 and 12 cannot both be had.
        using LocalBufferPool first = whole.Share("map 0", 10, 16);
        using LocalBufferPool second = whole.Share("map 1", 6, 12);
        var owners = new ConcurrentDictionary<MemorySegment, int>();
        int[] lent = new int[2];

        Task[] threads =
            [.. Enumerable.Range(0, 4)
                .Select(number => Deadline.OnThread(() => Work(number, new Random((seed * 10) + number))))];
        await Task.WhenAll(threads);

        Assert.Equal((0, 0), (first.Lent, second.Lent));

        void Work(int number, Random random)
        {
            LocalBufferPool pool = number % 2 == 0 ? first : second;
            var held = new Stack<NetworkBuffer>();
            for (int step = 0; step < 20_000; step++)
            {
                if (held.Count > 0 && random.Next(2) == 0)
                {
                    GiveBack(held.Pop(), number);
                }
                else if (pool.TryRequest(out NetworkBuffer buffer))
                {
                    Assert.True(owners.TryAdd(buffer.Segment, number), "A segment is lent to one at a time.");
                    Assert.True(Interlocked.Increment(ref lent[number % 2]) <= pool.Maximum, "Beyond the maximum.");
                    held.Push(buffer);
                }
                else if (random.Next(50) == 0)
                {
                    Assert.InRange(pool.Lent, 0, pool.Maximum);
                }
            }

            foreach (NetworkBuffer buffer in held)
            {
                GiveBack(buffer, number);
            }
        }

        void GiveBack(NetworkBuffer buffer, int number)
        {
            Assert.True(owners.TryRemove(buffer.Segment, out _));
            Interlocked.Decrement(ref lent[number % 2]);
            buffer.Release();
        }
    }

    private static void TakeAndGiveBack(LocalBufferPool pool, int count)
    {
        for (int round = 0; round < 3; round++)
        {
            NetworkBuffer[] taken = [.. LocalBufferPoolTests.TakeAll(pool).Take(count)];
            Assert.Equal(count, taken.Length);
            Array.ForEach(taken, buffer => buffer.Release());
        }
    }
}
