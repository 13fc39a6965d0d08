using System.Diagnostics;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public class LongWorkTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Work_has_a_thread_of_its_own_and_the_callers_span()
    {
        using Activity span = new Activity("caller").Start();

        (bool isPooled, Activity? current) = await LongWork
            .Run(() => (Thread.CurrentThread.IsThreadPoolThread, Activity.Current))
            .WaitAsync(Deadline);

        Assert.False(isPooled);
        Assert.Same(span, current);
    }

    // Else a job whose end it is would never hear of it.
    [Fact]
    public async Task Without_a_thread_it_is_done_on_one_of_the_pools()
    {
        bool isPooled = await LongWork.Run(() => Thread.CurrentThread.IsThreadPoolThread, StartNone)
            .WaitAsync(Deadline);

        Assert.True(isPooled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_throws_is_thrown_to_who_awaits_it(bool hasThread)
    {
        static int Fail() => throw new OperationCanceledException("enough");

        Task<int> work = hasThread ? LongWork.Run(Fail) : LongWork.Run(Fail, StartNone);

        OperationCanceledException thrown =
            await Assert.ThrowsAsync<OperationCanceledException>(() => work.WaitAsync(Deadline));
        Assert.Equal("enough", thrown.Message);
    }

    private static void StartNone(Action work) =>
        throw new ThreadLimitException("none", new InvalidOperationException("no more threads"));
}
