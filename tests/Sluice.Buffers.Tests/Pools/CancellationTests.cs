namespace Sluice.Buffers.Tests;

/// <summary>Every member that waits can be cancelled; nothing is taken and nobody behind is held up.</summary>
public sealed class CancellationTests
{
    public static TheoryData<string> Waits => [.. s_waits.Keys];

    private static readonly Dictionary<string, Func<LocalBufferPool, CancellationToken, Task>> s_waits = new()
    {
        ["Request"] = (pool, cancel) => Deadline.OnThread(() => pool.Request(cancel)),
        ["Request, timeout"] = (pool, cancel) => Deadline.OnThread(() => pool.Request(Deadline.Time, cancel)),
        ["Request, subpartition"] = (pool, cancel) => Deadline.OnThread(() => pool.Request(0, Deadline.Time, cancel)),
        ["RequestAsync"] = (pool, cancel) => pool.RequestAsync(cancel).AsTask(),
        ["RequestAsync, timeout"] = (pool, cancel) => pool.RequestAsync(Deadline.Time, cancel).AsTask(),
        ["RequestAsync, subpartition"] = (pool, cancel) => pool.RequestAsync(0, cancel).AsTask(),
        ["RequestAsync, both"] = (pool, cancel) => pool.RequestAsync(0, Deadline.Time, cancel).AsTask(),
        ["WaitUntilAvailable"] = (pool, cancel) => pool.WaitUntilAvailableAsync(cancel).AsTask(),
        ["WaitUntilAvailable, subpartition"] = (pool, cancel) => pool.WaitUntilAvailableAsync(0, cancel).AsTask(),
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_cancelled_wait_takes_nothing_and_lets_the_next_one_through(string wait)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 1, 1);
        NetworkBuffer held = pool.Request(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task waiting = s_waits[wait](pool, cancellation.Token);
        Task<NetworkBuffer> next = pool.RequestAsync(CancellationToken.None).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline.Time));
        held.Release();

        (await next.WaitAsync(Deadline.Time)).Release();
        Assert.Equal(1, whole.Network.Free);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task A_token_cancelled_before_ends_the_call_although_a_buffer_is_free(string wait)
    {
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Network.CreateBufferPool("map 0", 1, 1, 1, 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => s_waits[wait](pool, new CancellationToken(canceled: true)));

        Assert.Equal(1, whole.Network.Free);
    }
}
