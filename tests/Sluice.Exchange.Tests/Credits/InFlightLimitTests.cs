namespace Sluice.Exchange.Tests;

public class InFlightLimitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_does_not_fit_waits_until_enough_has_come()
    {
        InFlightLimit limit = new(10);
        InFlightLimit.Lease first = await limit.EnterAsync(6, CancellationToken.None);
        InFlightLimit.Lease second = await limit.EnterAsync(4, CancellationToken.None);

        Task<InFlightLimit.Lease> third = limit.EnterAsync(5, CancellationToken.None);
        second.Dispose();
        second.Dispose();
        bool early = third.IsCompleted;
        first.Dispose();

        Assert.False(early);
        (await third.WaitAsync(Deadline)).Dispose();
        Assert.Equal(0, limit.Bytes);
    }

    [Fact]
    public async Task Those_who_wait_are_let_in_in_order_also_when_a_later_one_would_fit()
    {
        InFlightLimit limit = new(10);
        InFlightLimit.Lease first = await limit.EnterAsync(8, CancellationToken.None);

        Task<InFlightLimit.Lease> large = limit.EnterAsync(9, CancellationToken.None);
        Task<InFlightLimit.Lease> small = limit.EnterAsync(1, CancellationToken.None);
        Assert.False(small.IsCompleted);
        first.Dispose();

        await Task.WhenAll(large, small).WaitAsync(Deadline);
        Assert.Equal(10, limit.Bytes);
    }

    [Fact]
    public async Task One_that_asks_for_more_than_the_bound_goes_alone()
    {
        InFlightLimit limit = new(10);
        InFlightLimit.Lease small = await limit.EnterAsync(1, CancellationToken.None);

        Task<InFlightLimit.Lease> huge = limit.EnterAsync(50, CancellationToken.None);
        bool early = huge.IsCompleted;
        small.Dispose();
        InFlightLimit.Lease alone = await huge.WaitAsync(Deadline);
        Task<InFlightLimit.Lease> next = limit.EnterAsync(1, CancellationToken.None);

        Assert.False(early);
        Assert.False(next.IsCompleted);
        alone.Dispose();
        await next.WaitAsync(Deadline);
    }

    [Fact]
    public async Task One_that_gives_up_lets_those_behind_it_in()
    {
        InFlightLimit limit = new(10);
        InFlightLimit.Lease first = await limit.EnterAsync(8, CancellationToken.None);
        using CancellationTokenSource cancel = new();
        Task<InFlightLimit.Lease> large = limit.EnterAsync(9, cancel.Token);
        Task<InFlightLimit.Lease> small = limit.EnterAsync(2, CancellationToken.None);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small.WaitAsync(Deadline)).Dispose();
        first.Dispose();
        Assert.Equal(0, limit.Bytes);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public async Task The_bound_holds_whoever_comes_goes_and_gives_up(int seed)
    {
        const int Most = 20;
        InFlightLimit limit = new(Most);
        long inFlight = 0;
        long highest = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            Random random = new((seed * 100) + worker);
            for (int i = 0; i < 300; i++)
            {
                int bytes = random.Next(1, 9);
                using CancellationTokenSource cancel = new();
                Task<InFlightLimit.Lease> entering = limit.EnterAsync(bytes, cancel.Token);
                if (random.Next(4) == 0)
                {
                    await cancel.CancelAsync();
                }

                try
                {
                    using InFlightLimit.Lease lease = await entering;
                    long now = Interlocked.Add(ref inFlight, bytes);
                    InterlockedMax(ref highest, now);
                    await Task.Yield();
                    Interlocked.Add(ref inFlight, -bytes);
                }
                catch (OperationCanceledException)
                {
                }
            }
        }))).WaitAsync(Deadline);

        Assert.Equal(0, limit.Bytes);
        Assert.InRange(highest, 1, Most);
    }

    private static void InterlockedMax(ref long highest, long value)
    {
        long seen = Volatile.Read(ref highest);
        while (value > seen)
        {
            long found = Interlocked.CompareExchange(ref highest, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
