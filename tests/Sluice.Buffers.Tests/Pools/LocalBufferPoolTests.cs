namespace Sluice.Buffers.Tests;

public sealed class LocalBufferPoolTests
{
    [Fact]
    public void TryRequest_gives_up_to_the_maximum_and_no_more()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = whole.Share("map 0", 2, 4);

        NetworkBuffer[] taken = [.. TakeAll(pool)];

        Assert.Equal(4, taken.Length);
        Assert.Equal(4, pool.Lent);
        Assert.Equal(4, whole.Network.Free);
        Array.ForEach(taken, buffer => buffer.Release());
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public void TryRequest_leaves_what_others_are_guaranteed()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool greedy = whole.Share("greedy", 0, 8);
        using LocalBufferPool modest = whole.Share("modest", 3, 8);

        NetworkBuffer[] taken = [.. TakeAll(greedy)];
        NetworkBuffer[] guaranteed = [.. TakeAll(modest)];

        Assert.Equal(5, taken.Length);
        Assert.Equal(3, guaranteed.Length);
        Array.ForEach(taken, buffer => buffer.Release());
        Array.ForEach(guaranteed, buffer => buffer.Release());
    }

    [Fact]
    public void TryRequest_borrows_idle_guarantees_when_it_can_give_back_until_they_are_asked_for()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool ring = whole.Share("ring", 1, 8);
        using LocalBufferPool idle = whole.Share("idle", 3, 3);
        var holder = new WillingHolder(ring);
        holder.Fill();

        bool atOnce = idle.TryRequest(out _);
        holder.Release(1);
        bool again = ring.TryRequest(out _);
        bool claimed = idle.TryRequest(out NetworkBuffer buffer);

        Assert.False(atOnce);
        Assert.False(again);
        Assert.True(claimed);
        buffer.Release();
        holder.Release(7);
    }

    [Fact]
    public void Request_makes_holders_beyond_their_minimum_give_back_all_that_the_minimum_lacks()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool ring = whole.Share("ring", 1, 8);
        using LocalBufferPool next = whole.Share("next", 3, 3);
        var holder = new WillingHolder(ring);
        holder.Fill();

        NetworkBuffer[] taken = [.. Enumerable.Range(0, 3).Select(_ => next.Request(CancellationToken.None))];

        Assert.Equal([3], holder.Asked);
        Assert.Equal(5, ring.Lent);
        Array.ForEach(taken, buffer => buffer.Release());
        holder.Release(5);
    }

    [Fact]
    public void Available_says_how_many_requests_would_succeed()
    {
        using var whole = new WholePool(10);
        using LocalBufferPool plain = whole.Share("plain", 2, 9);
        using LocalBufferPool other = whole.Share("other", 3, 10);

        Assert.Equal(7, plain.Available);
        NetworkBuffer[] taken = [.. TakeAll(plain)];
        Assert.Equal(7, taken.Length);
        Assert.Equal(0, plain.Available);
        Assert.Equal(3, other.Available);
        Array.ForEach(taken, buffer => buffer.Release());
    }

    [Fact]
    public void CreateBufferPool_refuses_a_minimum_that_is_not_left_and_shows_the_sum()
    {
        using var whole = new WholePool(10);
        using LocalBufferPool first = whole.Share("map 0", 4, 10);
        using LocalBufferPool second = whole.Share("map 1", 3, 10);

        InsufficientBuffersException failure =
            Assert.Throws<InsufficientBuffersException>(() => whole.Share("map 2", 4, 10));

        Assert.StartsWith(
            "'map 2' wants 4 buffers guaranteed, but of 10 there are 7 guaranteed to others ('map 0' 4, 'map 1' 3), " +
                "which leaves 3.",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_subpartition_never_holds_more_than_its_quota()
    {
        using var whole = new WholePool(8);
        using LocalBufferPool pool = whole.Network.CreateBufferPool(new BufferPoolOptions
        {
            Owner = "map 0",
            Minimum = 4,
            Maximum = 8,
            Subpartitions = 2,
            MaximumPerSubpartition = 2,
        });
        Assert.True(pool.TryRequest(0, out NetworkBuffer first));
        Assert.True(pool.TryRequest(0, out NetworkBuffer second));

        bool third = pool.TryRequest(0, out _);
        bool other = pool.TryRequest(1, out NetworkBuffer elsewhere);
        first.Release();
        bool afterRelease = pool.TryRequest(0, out first);

        Assert.False(third);
        Assert.True(other);
        Assert.True(afterRelease);
        first.Release();
        second.Release();
        elsewhere.Release();
    }

    internal static IEnumerable<NetworkBuffer> TakeAll(LocalBufferPool pool)
    {
        while (pool.TryRequest(out NetworkBuffer buffer))
        {
            yield return buffer;
        }
    }
}
