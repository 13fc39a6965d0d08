namespace Sluice.Buffers.Tests;

public sealed class DestroyTests
{
    [Fact]
    public void Buffers_of_a_destroyed_pool_stay_valid_and_count_as_lent_until_they_return()
    {
        using var whole = new WholePool(4);
        LocalBufferPool pool = whole.Share("map 0", 3, 4);
        NetworkBuffer first = pool.Request(CancellationToken.None);
        NetworkBuffer second = pool.Request(CancellationToken.None);

        pool.Dispose();
        pool.Dispose();
        first.Span.Fill(7);

        Assert.Equal((2, 2), (whole.Network.Free, whole.Network.Lent));
        BufferHolder holder = Assert.Single(whole.Network.Holders());
        Assert.Equal(("map 0", 2, true), (holder.Owner, holder.Count, holder.IsDestroyed));
        first.Release();
        Assert.Equal((3, 1), (whole.Network.Free, whole.Network.Lent));
        second.Release();
    }

    [Fact]
    public void A_destroyed_pool_lends_nothing()
    {
        using var whole = new WholePool(2);
        LocalBufferPool pool = whole.Share("map 0", 1, 2);
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.TryRequest(out _));
        Assert.Throws<ObjectDisposedException>(() => pool.Request(CancellationToken.None));
        Assert.Throws<ObjectDisposedException>(() => pool.RegisterReclaim(new EmptyHandedHolder()));
        Assert.Throws<ObjectDisposedException>(pool.GiveUpMinimum);
        Assert.Equal(0, pool.Available);
    }

    [Fact]
    public void The_guarantee_of_a_destroyed_pool_is_free_for_the_next_although_its_buffers_are_out()
    {
        using var whole = new WholePool(3);
        LocalBufferPool old = whole.Share("old", 3, 3);
        NetworkBuffer[] held = [.. LocalBufferPoolTests.TakeAll(old)];
        old.Dispose();

        using LocalBufferPool next = whole.Share("next", 3, 3);
        bool atOnce = next.TryRequest(out _);
        held[0].Release();
        bool afterReturn = next.TryRequest(out NetworkBuffer buffer);

        Assert.False(atOnce);
        Assert.True(afterReturn);
        buffer.Release();
        held[1].Release();
        held[2].Release();
    }

    [Fact]
    public void GiveUpMinimum_lets_the_next_task_in_while_the_output_stays()
    {
        using var whole = new WholePool(4);
        using LocalBufferPool finished = whole.Share("finished", 4, 4);
        NetworkBuffer output = finished.Request(CancellationToken.None);
        Assert.Throws<InsufficientBuffersException>(() => whole.Share("next", 2, 4));

        finished.GiveUpMinimum();
        using LocalBufferPool next = whole.Share("next", 2, 4);

        Assert.Equal(0, finished.Minimum);
        Assert.Equal(3, next.Available);
        output.Release();
    }

    [Fact]
    public void Memory_stays_until_the_last_buffer_is_back_after_the_network_pool_is_disposed()
    {
        var network = new NetworkBufferPool(new NetworkBufferPoolOptions { SegmentCount = 2, SegmentSize = 64 });
        LocalBufferPool pool = network.CreateBufferPool(
            new BufferPoolOptions { Owner = "map 0", Minimum = 1, Maximum = 2 });
        NetworkBuffer held = pool.Request(CancellationToken.None);
        MemorySegment segment = held.Segment;

        network.Dispose();
        network.Dispose();
        held.Span.Fill(1);
        int sizeWhileHeld = segment.Size;
        held.Release();

        Assert.Equal(64, sizeWhileHeld);
        Assert.Throws<ObjectDisposedException>(() => segment.GetByte(0));
        Assert.Throws<ObjectDisposedException>(() => pool.TryRequest(out _));
        Assert.Throws<ObjectDisposedException>(
            () => network.CreateBufferPool(new BufferPoolOptions { Owner = "late", Minimum = 0, Maximum = 1 }));
    }

    [Theory]
    [InlineData("", 0, 1, 0, int.MaxValue)]
    [InlineData("map", -1, 1, 0, int.MaxValue)]
    [InlineData("map", 0, 0, 0, int.MaxValue)]
    [InlineData("map", 3, 2, 0, int.MaxValue)]
    [InlineData("map", 0, 1, -1, int.MaxValue)]
    [InlineData("map", 0, 1, 2, 0)]
    [InlineData("map", 0, 1, 0, 5)]
    public void CreateBufferPool_refuses_options_that_make_no_sense(
        string owner, int minimum, int maximum, int subpartitions, int quota)
    {
        using var whole = new WholePool(4);

        Assert.ThrowsAny<ArgumentException>(() => whole.Network.CreateBufferPool(new BufferPoolOptions
        {
            Owner = owner,
            Minimum = minimum,
            Maximum = maximum,
            Subpartitions = subpartitions,
            MaximumPerSubpartition = quota,
        }));
    }

    [Fact]
    public void DestroyBufferPool_refuses_a_pool_of_another_network_pool()
    {
        using var whole = new WholePool(1);
        using var other = new WholePool(1);
        using LocalBufferPool pool = other.Share("map 0", 1, 1);

        Assert.Throws<ArgumentException>(() => whole.Network.DestroyBufferPool(pool));
    }

    [Fact]
    public void ForMemory_takes_whole_segments_only()
    {
        Assert.Equal(3, NetworkBufferPoolOptions.ForMemory(400, 128).SegmentCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkBufferPoolOptions.ForMemory(127, 128));
    }
}
