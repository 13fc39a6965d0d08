namespace Sluice.Buffers.Tests;

/// <summary>What Flink's buffers were seen to do wrong, and these do not.</summary>
public sealed class BufferPeerDefectTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void Closing_a_consumer_twice_steals_no_reference_of_another(int others)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        var builder = new BufferBuilder(pool.Request(CancellationToken.None));
        builder.Append("abc"u8);
        builder.Finish();
        BufferConsumer closed = builder.CreateConsumer(0, "closed");
        BufferConsumer[] staying =
            [.. Enumerable.Range(1, others - 1).Select(n => builder.CreateConsumer(0, $"reader {n}"))];

        for (int time = 0; time < 12; time++)
        {
            closed.Dispose();
        }

        Assert.All(staying, consumer => Assert.Equal("abc"u8, consumer.Readable));
        Assert.Equal(1, pool.Lent);
        Array.ForEach(staying, consumer => consumer.Dispose());
        Assert.Equal(1, pool.Lent);
        builder.Dispose();
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public async Task A_consumer_closed_by_two_threads_at_once_gives_one_reference_back()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        for (int round = 0; round < 500; round++)
        {
            using var builder = new BufferBuilder(pool.Request(CancellationToken.None));
            BufferConsumer consumer = builder.CreateConsumer();
            await Task.WhenAll(Task.Run(consumer.Dispose), Task.Run(consumer.Dispose)).WaitAsync(Deadline.Time);

            Assert.Equal(1, pool.Lent);
            Assert.True(builder.TryAppend("a"u8));
        }
    }

    [Fact]
    public void A_segment_released_twice_is_not_handed_out_twice()
    {
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Share("map 0", 0, 2);
        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        NetworkBuffer copy = buffer;
        buffer.Release();

        Assert.Throws<BufferMisuseException>(copy.Release);
        Assert.Equal((0, 2), (pool.Lent, whole.Network.Free));
        NetworkBuffer first = pool.Request(CancellationToken.None);
        Assert.Throws<BufferMisuseException>(copy.Release);
        NetworkBuffer second = pool.Request(CancellationToken.None);

        Assert.NotSame(first.Segment, second.Segment);
        Assert.False(pool.TryRequest(out _));
        first.Release();
        second.Release();
    }

    [Fact]
    public void A_caller_that_keeps_the_handle_it_gave_to_a_builder_cannot_release_it()
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        NetworkBuffer given = pool.Request(CancellationToken.None);
        using var builder = new BufferBuilder(given);

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(given.Release);

        Assert.Contains("'builder'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, pool.Lent);
    }

    [Theory]
    [InlineData(LeakDetection.Sampled)]
    [InlineData(LeakDetection.Full)]
    public void A_leak_is_reported_when_the_pool_is_closed(LeakDetection level)
    {
        var reports = new List<BufferLeak>();
        LeakDetector? detector = LeakDetector.Create(new LeakDetectorOptions { Level = level }, reports.Add);
        using var network = new NetworkBufferPool(
            new NetworkBufferPoolOptions { SegmentCount = 2, SegmentSize = 16, Lifecycle = detector });
        network.CreateBufferPool(new BufferPoolOptions { Owner = "map 0", Minimum = 1, Maximum = 1 })
            .Request(CancellationToken.None);

        network.Dispose();

        BufferLeak leak = Assert.Single(reports);
        Assert.Equal(("map 0", 1), (leak.Owner, leak.Outstanding));
        Assert.Contains(
            "'map 0' was destroyed with 1 buffer(s) not given back", leak.ToString(), StringComparison.Ordinal);
    }
}
