namespace Sluice.Buffers.Tests;

public sealed class WaitForDataTests : IDisposable
{
    private readonly WholePool _whole = new(2, segmentSize: 16);
    private readonly LocalBufferPool _pool;

    public WaitForDataTests()
    {
        _pool = _whole.Share("map 0", 2, 2);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public async Task A_wait_is_answered_at_once_when_there_is_data_or_none_will_follow()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        builder.Append("abc"u8);
        builder.Commit();
        ValueTask<bool> withData = consumer.WaitForDataAsync(CancellationToken.None);
        consumer.Advance(3);
        builder.Finish();
        ValueTask<bool> atTheEnd = consumer.WaitForDataAsync(CancellationToken.None);

        Assert.True(withData.IsCompletedSuccessfully && await withData);
        Assert.True(atTheEnd.IsCompletedSuccessfully);
        Assert.False(await atTheEnd);
    }

    [Fact]
    public async Task A_wait_ends_with_the_commit_and_not_with_the_append()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        Task<bool> wait = consumer.WaitForDataAsync(CancellationToken.None).AsTask();

        builder.Commit();
        builder.Append("abc"u8);
        bool endedBefore = wait.IsCompleted;
        builder.Commit();

        Assert.False(endedBefore);
        Assert.True(await wait.WaitAsync(Deadline.Time));
        Assert.Equal("abc"u8, consumer.Readable);
    }

    [Theory]
    [InlineData("finish", false, false)]
    [InlineData("finish with more", true, false)]
    [InlineData("hand over", false, false)]
    [InlineData("dispose", false, true)]
    [InlineData("dispose with more", false, true)]
    public async Task A_wait_ends_with_the_builder(string end, bool expectsData, bool expectsAbandoned)
    {
        BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        Task<bool> wait = consumer.WaitForDataAsync(CancellationToken.None).AsTask();
        if (end.EndsWith("more", StringComparison.Ordinal))
        {
            builder.Append("abc"u8);
        }

        if (end.StartsWith("finish", StringComparison.Ordinal))
        {
            builder.Finish();
        }
        else if (end == "hand over")
        {
            builder.HandOver("sender").Release();
        }

        builder.Dispose();

        Assert.Equal(expectsData, await wait.WaitAsync(Deadline.Time));
        Assert.Equal(expectsAbandoned, consumer.IsAbandoned);
        Assert.Equal(!expectsData, consumer.IsFinished);
    }

    [Fact]
    public async Task Only_consumers_that_have_read_all_wait()
    {
        using BufferBuilder builder = Builder();
        builder.Append("ab"u8);
        builder.Commit();
        using BufferConsumer first = builder.CreateConsumer(2, "first");
        using BufferConsumer second = builder.CreateConsumer(1, "second");
        Task<bool> waiting = first.WaitForDataAsync(CancellationToken.None).AsTask();
        bool secondAtOnce = await second.WaitForDataAsync(CancellationToken.None);
        second.Advance(1);
        Task<bool> alsoWaiting = second.WaitForDataAsync(CancellationToken.None).AsTask();
        bool noneEnded = !waiting.IsCompleted && !alsoWaiting.IsCompleted;
        builder.Append("c"u8);
        builder.Commit();

        Assert.True(secondAtOnce);
        Assert.True(noneEnded);
        Assert.True(await waiting.WaitAsync(Deadline.Time));
        Assert.True(await alsoWaiting.WaitAsync(Deadline.Time));
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_takes_nothing_and_the_next_one_works()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        using var cancellation = new CancellationTokenSource();
        Task<bool> wait = consumer.WaitForDataAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        OperationCanceledException failure =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Deadline.Time));
        Assert.Equal(cancellation.Token, failure.CancellationToken);
        Assert.True(consumer.WaitForDataAsync(cancellation.Token).AsTask().IsCanceled);
        Task<bool> next = consumer.WaitForDataAsync(CancellationToken.None).AsTask();
        builder.Append("a"u8);
        builder.Commit();
        Assert.True(await next.WaitAsync(Deadline.Time));
    }

    [Fact]
    public async Task A_consumer_disposed_while_it_waits_ends_the_wait_and_no_other()
    {
        using BufferBuilder builder = Builder();
        BufferConsumer closing = builder.CreateConsumer();
        using BufferConsumer staying = closing.Fork("staying");
        Task<bool> ended = closing.WaitForDataAsync(CancellationToken.None).AsTask();
        Task<bool> lasting = staying.WaitForDataAsync(CancellationToken.None).AsTask();

        closing.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ended.WaitAsync(Deadline.Time));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await closing.WaitForDataAsync(CancellationToken.None));
        Assert.False(lasting.IsCompleted);
        builder.Finish();
        Assert.False(await lasting.WaitAsync(Deadline.Time));
    }

    [Fact]
    public async Task A_second_wait_beside_a_pending_one_throws_and_does_not_harm_it()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        Task<bool> wait = consumer.WaitForDataAsync(CancellationToken.None).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await consumer.WaitForDataAsync(CancellationToken.None));
        builder.Append("a"u8);
        builder.Commit();
        Assert.True(await wait.WaitAsync(Deadline.Time));
    }

    [Fact]
    public async Task What_awaits_does_not_run_inside_the_commit()
    {
        using BufferBuilder builder = Builder();
        using BufferConsumer consumer = builder.CreateConsumer();
        using var committed = new ManualResetEventSlim();
        Task<bool> reader = ReadAfterCommit();

        builder.Append("a"u8);
        await Deadline.OnThread(builder.Commit);
        committed.Set();

        Assert.True(await reader.WaitAsync(Deadline.Time));

        // Blocks until the commit has returned: inside it, that would be for ever.
        async Task<bool> ReadAfterCommit()
        {
            await consumer.WaitForDataAsync(CancellationToken.None);
            return committed.Wait(Deadline.Time);
        }
    }

    private BufferBuilder Builder() => new(_pool.Request(CancellationToken.None));
}
