namespace Sluice.Sorting.Tests;

public class BackgroundSpillerTests
{
    [Fact]
    public void Without_a_thread_whoever_hands_over_spills_until_there_is_one()
    {
        int caller = Environment.CurrentManagedThreadId;
        List<(RingFill Fill, bool IsHere)> spilled = [];
        int asked = 0;
        using BackgroundSpiller spiller = new(
            fill => spilled.Add((fill, Environment.CurrentManagedThreadId == caller)),
            run => ++asked < 3 ? throw NoThread() : ProcessLimits.StartThread("sluice-spill", run));
        RingFill[] fills = [.. Enumerable.Range(0, 4).Select(_ => Fill())];

        foreach (RingFill fill in fills)
        {
            spiller.Start(fill);
            spiller.WaitUntilIdle();
        }

        Assert.Equal([(fills[0], true), (fills[1], true), (fills[2], false), (fills[3], false)], spilled);
        Assert.Equal(3, asked);
    }

    [Fact]
    public void Without_a_thread_a_failure_is_told_as_with_one()
    {
        using BackgroundSpiller spiller = new(_ => throw new IOException("broken"), _ => throw NoThread());

        spiller.Start(Fill());

        Assert.Throws<IOException>(() => spiller.IsBusy);
        Assert.Throws<IOException>(spiller.WaitUntilIdle);
    }

    private static RingFill Fill() => new(new RecordRing(4096, 16), default, default, default);

    private static ThreadLimitException NoThread() =>
        new("sluice-spill", new InvalidOperationException("no more threads"));
}
