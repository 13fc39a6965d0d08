namespace Sluice.Buffers.Tests;

/// <summary>Timeouts by a clock that the test moves.</summary>
public sealed class TimeoutTests
{
    public static TheoryData<string> Waits => [.. s_waits.Keys];

    private static readonly Dictionary<string, Func<LocalBufferPool, TimeSpan, Task<NetworkBuffer>>> s_waits = new()
    {
        ["blocking"] = (pool, timeout) => Deadline.OnThread(() => pool.Request(timeout, CancellationToken.None)),
        ["blocking, subpartition"] =
            (pool, timeout) => Deadline.OnThread(() => pool.Request(0, timeout, CancellationToken.None)),
        ["asynchronous"] = (pool, timeout) => pool.RequestAsync(timeout, CancellationToken.None).AsTask(),
        ["asynchronous, subpartition"] = (pool, timeout) =>
            pool.RequestAsync(0, timeout, CancellationToken.None).AsTask(),
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_timeout_of_50_ms_comes_after_50_ms_and_not_before(string wait)
    {
        var time = new SteppedTime();
        using var whole = new WholePool(1, time: time);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        Task<NetworkBuffer> waiting = s_waits[wait](pool, TimeSpan.FromMilliseconds(50));
        Deadline.Await(() => time.TimersSet == 1);

        time.Advance(TimeSpan.FromMilliseconds(49.999));
        bool isTooEarly = time.TimersSet == 0 || waiting.IsCompleted;
        time.Advance(TimeSpan.FromMilliseconds(0.001));
        await Assert.ThrowsAsync<BufferTimeoutException>(() => waiting.WaitAsync(Deadline.Time));

        Assert.False(isTooEarly);
        held.Release();
        Assert.Equal(1, whole.Network.Free);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_buffer_that_comes_before_the_timeout_ends_the_wait_and_its_timer(string wait)
    {
        var time = new SteppedTime();
        using var whole = new WholePool(1, time: time);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 1, 1);
        NetworkBuffer held = pool.Request(0, TimeSpan.Zero, CancellationToken.None);
        Task<NetworkBuffer> waiting = s_waits[wait](pool, TimeSpan.FromMilliseconds(50));
        Deadline.Await(() => time.TimersSet == 1);

        time.Advance(TimeSpan.FromMilliseconds(49));
        held.Release();
        NetworkBuffer got = await waiting.WaitAsync(Deadline.Time);

        Assert.Equal(0, time.TimersSet);
        got.Release();
    }

    [Fact]
    public async Task The_message_says_which_option_to_change()
    {
        using var whole = new WholePool(3);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 2, 2, 1);
        using LocalBufferPool other = whole.Share("map 1", 1, 3);
        NetworkBuffer own = pool.Request(1, TimeSpan.Zero, CancellationToken.None);

        string atQuota = await MessageAsync(pool.RequestAsync(1, TimeSpan.Zero, CancellationToken.None));
        NetworkBuffer second = pool.Request(0, TimeSpan.Zero, CancellationToken.None);
        string atMaximum = await MessageAsync(pool.RequestAsync(TimeSpan.Zero, CancellationToken.None));
        NetworkBuffer last = other.Request(CancellationToken.None);
        string atTotal = await MessageAsync(other.RequestAsync(TimeSpan.Zero, CancellationToken.None));

        Assert.StartsWith(
            "'map 0' got no buffer for subpartition 1 within 0 ms: it holds 1, 1 of at most 1 for this subpartition "
            + "(minimum 1, maximum 2), 2 of 3 are free; 'map 0' holds 1",
            atQuota,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "Raise BufferPoolOptions.MaximumPerSubpartition (1), or read the subpartition faster.",
            atQuota,
            StringComparison.Ordinal);
        Assert.Contains(
            "Raise BufferPoolOptions.Maximum (2), or allow an Overdraft", atMaximum, StringComparison.Ordinal);
        Assert.Contains(
            "Raise NetworkBufferPoolOptions.SegmentCount (3) or BufferPoolOptions.Minimum (1)",
            atTotal,
            StringComparison.Ordinal);
        own.Release();
        second.Release();
        last.Release();

        static async Task<string> MessageAsync(ValueTask<NetworkBuffer> request) =>
            (await Assert.ThrowsAsync<BufferTimeoutException>(async () => await request)).Message;
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_negative_timeout_is_refused(string wait)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 1, 1);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await s_waits[wait](pool, TimeSpan.FromMilliseconds(-2)));
    }
}
