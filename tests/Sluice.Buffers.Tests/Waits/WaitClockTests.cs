namespace Sluice.Buffers.Tests;

/// <summary>Each moment of a thread counts once, however waits nest, and whoever reads meanwhile.</summary>
public sealed class WaitClockTests
{
    [Fact]
    public void A_thread_without_a_clock_may_wait()
    {
        using WaitClock.Wait wait = WaitClock.Begin(WaitKind.Memory);
    }

    [Fact]
    public void A_wait_inside_another_counts_for_the_inner_one_only()
    {
        WaitClock clock = new();
        clock.Attach();
        using (WaitClock.Begin(WaitKind.Fetch))
        {
            using (WaitClock.Begin(WaitKind.Memory))
            {
                Pass();
            }
        }

        clock.Detach();
        WaitTotals read = clock.Read();

        Assert.True(read.Of(WaitKind.Memory) >= TimeSpan.FromMilliseconds(5));
        Assert.True(read.Of(WaitKind.Fetch) < read.Of(WaitKind.Memory));
        Assert.True(Sum(read) <= read.Elapsed);
    }

    [Fact]
    public void The_wait_at_hand_counts_before_it_is_over_and_the_clock_stands_still_at_the_end()
    {
        WaitClock clock = new();
        clock.Attach();
        WaitTotals during;
        using (WaitClock.Begin(WaitKind.Output))
        {
            Pass();
            during = clock.Read();
        }

        clock.Detach();
        WaitTotals end = clock.Read();
        Pass();

        Assert.True(during.Of(WaitKind.Output) >= TimeSpan.FromMilliseconds(5));
        Assert.True(end.Of(WaitKind.Output) >= during.Of(WaitKind.Output));
        Assert.Equal(end.Elapsed, clock.Read().Elapsed);
    }

    [Fact]
    public async Task Readers_never_see_more_waiting_than_time_nor_less_than_before()
    {
        WaitClock clock = new();
        using ManualResetEventSlim begun = new();
        Thread waiter = new(() =>
        {
            clock.Attach();
            begun.Set();
            for (int i = 0; i < 200_000; i++)
            {
                using WaitClock.Wait outer = WaitClock.Begin((WaitKind)(i % WaitClock.KindCount));
                using WaitClock.Wait inner = WaitClock.Begin((WaitKind)(i / 7 % WaitClock.KindCount));
            }

            clock.Detach();
        });
        waiter.Start();
        Assert.True(begun.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        await Task.Run(
            () =>
            {
                WaitTotals last = clock.Read();
                while (waiter.IsAlive)
                {
                    WaitTotals now = clock.Read();
                    Assert.True(Sum(now) <= now.Elapsed + TimeSpan.FromTicks(WaitClock.KindCount));
                    foreach (WaitKind kind in Enum.GetValues<WaitKind>())
                    {
                        Assert.True(
                            now.Of(kind) >= last.Of(kind), $"{kind} fell from {last.Of(kind)} to {now.Of(kind)}");
                    }

                    Assert.True(now.Working >= last.Working, $"Work fell from {last.Working} to {now.Working}");
                    last = now;
                }
            },
            TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(110)]
    public void A_processor_whose_clock_is_behind_takes_nothing_back(long behind)
    {
        SteppedTime time = new();
        WaitClock clock = new(time);
        time.Advance(TimeSpan.FromSeconds(1));
        clock.Attach();
        time.Advance(TimeSpan.FromTicks(100));
        WaitTotals first = clock.Read();

        time.Advance(TimeSpan.FromTicks(behind - 100));
        using (WaitClock.Begin(WaitKind.Fetch))
        {
            time.Advance(TimeSpan.FromTicks(5));
            WaitTotals second = clock.Read();
            Assert.Equal(Math.Max(behind, 100), second.Working.Ticks);
            Assert.Equal(Math.Max(behind + 5, 100), second.Elapsed.Ticks);
        }

        time.Advance(TimeSpan.FromTicks(200 - behind - 5));
        clock.Read();
        time.Advance(TimeSpan.FromTicks(-50));
        clock.Detach();

        Assert.Equal(100, first.Working.Ticks);
        Assert.Equal(200, clock.Read().Elapsed.Ticks);
    }

    [Fact]
    public void Work_stands_still_while_a_thread_waits()
    {
        WaitClock clock = new();
        clock.Attach();
        Pass();
        List<TimeSpan> seen = [];
        using (WaitClock.Begin(WaitKind.Fetch))
        {
            for (int look = 0; look < 10_000; look++)
            {
                seen.Add(clock.Read().Working);
            }
        }

        clock.Detach();

        Assert.Single(seen.Distinct());
        Assert.True(seen[0] >= TimeSpan.FromMilliseconds(5));
    }

    private static TimeSpan Sum(WaitTotals totals) => totals.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    private static void Pass() => Thread.Sleep(6);
}
