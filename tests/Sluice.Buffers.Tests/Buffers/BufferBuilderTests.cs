namespace Sluice.Buffers.Tests;

public sealed class BufferBuilderTests : IDisposable
{
    private readonly WholePool _whole = new(2, segmentSize: 16);
    private readonly LocalBufferPool _pool;

    public BufferBuilderTests()
    {
        _pool = _whole.Share("map 0", 2, 2);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void Consumers_see_only_what_is_committed()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();

        builder.Append("abc"u8);
        int beforeCommit = consumer.Readable.Length;
        builder.Commit();
        builder.Append("de"u8);

        Assert.Equal(0, beforeCommit);
        Assert.Equal("abc"u8, consumer.Readable);
        Assert.Equal((5, 3), (builder.Length, builder.Committed));
    }

    [Fact]
    public void Append_takes_what_fits_and_TryAppend_all_or_nothing()
    {
        using BufferBuilder builder = Builder();

        Assert.Equal(10, builder.Append("0123456789"u8));
        Assert.False(builder.TryAppend("0123456"u8));
        Assert.Equal(6, builder.Append("0123456"u8));
        Assert.Equal(0, builder.Append("0"u8));
        Assert.True(builder.TryAppend([]));
        Assert.Equal(0, builder.Room);
    }

    [Fact]
    public void Bytes_filled_in_place_count_when_they_are_advanced_over()
    {
        using BufferBuilder builder = Builder();
        "xyz"u8.CopyTo(builder.GetSpan());
        builder.Advance(3);
        builder.Commit();
        using BufferConsumer consumer = builder.CreateConsumer();

        Assert.Equal("xyz"u8, consumer.Readable);
        Assert.Equal(13, builder.GetSpan().Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Advance(14));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Advance(-1));
    }

    [Fact]
    public void Several_consumers_read_from_different_positions()
    {
        using BufferBuilder builder = Builder();
        builder.Append("abcdef"u8);
        builder.Commit();
        using BufferConsumer first = builder.CreateConsumer();
        using BufferConsumer second = builder.CreateConsumer(4);
        first.Advance(2);
        using BufferConsumer fork = first.Fork();
        first.Advance(1);

        Assert.Equal("def"u8, first.Readable);
        Assert.Equal("ef"u8, second.Readable);
        Assert.Equal("cdef"u8, fork.Readable);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.CreateConsumer(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => second.Advance(3));
    }

    [Fact]
    public void A_consumer_outlives_the_builder_and_ends_where_it_finished()
    {
        BufferBuilder builder = Builder();
        BufferConsumer consumer = builder.CreateConsumer();
        builder.Append("abc"u8);
        builder.Finish();
        builder.Dispose();
        bool finishedBefore = consumer.IsFinished;
        Assert.Equal("abc"u8, consumer.Readable);
        consumer.Advance(3);

        Assert.False(finishedBefore);
        Assert.True(consumer.IsFinished);
        Assert.Equal(1, _pool.Lent);
        consumer.Dispose();
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void A_consumer_disposed_twice_takes_no_reference_of_another()
    {
        BufferBuilder builder = Builder();
        BufferConsumer first = builder.CreateConsumer();
        BufferConsumer second = builder.CreateConsumer();
        builder.Dispose();
        builder.Dispose();

        first.Dispose();
        first.Dispose();

        Assert.Equal(1, _pool.Lent);
        Assert.Throws<BufferMisuseException>(() => _ = first.Readable.Length);
        Assert.Equal(0, second.Readable.Length);
        second.Dispose();
    }

    [Fact]
    public void A_builder_disposed_without_finishing_ends_at_the_last_commit()
    {
        BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        builder.Append("abc"u8);
        builder.Commit();
        builder.Append("partial"u8);

        builder.Dispose();

        Assert.Equal("abc"u8, consumer.Readable);
        consumer.Advance(3);
        Assert.True(consumer.IsFinished);
    }

    [Fact]
    public void HandOver_gives_the_finished_buffer_to_the_caller()
    {
        BufferBuilder builder = Builder();
        builder.Append("abc"u8);

        NetworkBuffer buffer = builder.HandOver();
        builder.Dispose();

        Assert.Equal("abc"u8, buffer.Written);
        Assert.Throws<ObjectDisposedException>(() => builder.HandOver());
        Assert.Throws<ObjectDisposedException>(() => builder.CreateConsumer());
        Assert.Equal(1, _pool.Lent);
        buffer.Release();
    }

    [Fact]
    public void Nothing_follows_after_finishing()
    {
        using BufferBuilder builder = Builder();
        builder.Finish();

        Action[] uses =
        [
            builder.Finish, builder.Commit, () => builder.Append("a"u8), () => builder.TryAppend([]),
            () => builder.Advance(0), () => _ = builder.GetSpan().Length,
        ];
        Assert.All(uses, use => Assert.Throws<InvalidOperationException>(use));
    }

    [Fact]
    public void Slices_taken_by_a_consumer_keep_the_buffer_alive()
    {
        BufferBuilder builder = Builder();
        BufferConsumer consumer = builder.CreateConsumer();
        builder.Append("abc"u8);
        builder.Commit();
        Assert.True(consumer.TryTake(out NetworkBufferSlice first));
        bool nothingNew = consumer.TryTake(out _);
        builder.Append("de"u8);
        builder.Finish();
        Assert.True(consumer.TryTake(out NetworkBufferSlice second));
        bool isFinished = consumer.IsFinished;
        builder.Dispose();
        consumer.Dispose();

        Assert.False(nothingNew);
        Assert.True(isFinished);
        Assert.Equal("abc"u8, first.Span);
        Assert.Equal("de"u8, second.Span);
        first.Release();
        Assert.Equal(1, _pool.Lent);
        second.Release();
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public async Task Readers_on_other_threads_see_whole_records_in_order(int seed)
    {
        // Records of 4 equal bytes: whoever saw one in part would see bytes that differ.
        using var whole = new WholePool(1, segmentSize: 64 * 1024);
        using LocalBufferPool pool = whole.Share("map 0", 1, 1);
        var random = new Random(seed);
        var builder = new BufferBuilder(pool.Request(CancellationToken.None));
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Follow(builder.CreateConsumer()))];

        for (int next = 0; builder.Room >= 4; next++)
        {
            for (int part = 0; part < 4; part++)
            {
                builder.Append([(byte)next]);
            }

            if (random.Next(3) == 0)
            {
                builder.Commit();
            }
        }

        builder.Finish();
        builder.Dispose();

        int[] records = await Task.WhenAll(readers);
        Assert.Equal([16384, 16384], records);

        static Task<int> Follow(BufferConsumer consumer) => Deadline.OnThread(() =>
        {
            int seen = 0;
            while (!consumer.IsFinished)
            {
                ReadOnlySpan<byte> readable = consumer.Readable;
                Assert.Equal(0, readable.Length % 4);
                for (int i = 0; i < readable.Length; i += 4)
                {
                    Assert.Equal(-1, readable.Slice(i, 4).IndexOfAnyExcept((byte)seen));
                    seen++;
                }

                consumer.Advance(readable.Length);
            }

            consumer.Dispose();
            return seen;
        });
    }

    private BufferBuilder Builder() => new(_pool.Request(CancellationToken.None));
}
