using System.Collections.Concurrent;

namespace Sluice.Engine.Tests;

public class DeferredWorkTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // What a piece threw that should not have.
    private readonly ConcurrentQueue<Exception> _unexpected = new();

    [Fact]
    public void Who_adds_a_piece_does_not_wait_for_it()
    {
        using ManualResetEventSlim goOn = new();
        bool isDone = false;
        DeferredWork work = new(1, _unexpected.Enqueue);

        work.Add(() =>
        {
            Assert.True(goOn.Wait(Deadline));
            isDone = true;
        });

        Assert.False(isDone);
        goOn.Set();
        work.Wait();
        Assert.Empty(_unexpected);
        Assert.True(isDone);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void So_many_pieces_are_done_at_once(int threads)
    {
        Lock gate = new();
        int running = 0;
        int most = 0;
        using Barrier all = new(threads);
        DeferredWork work = new(threads, _unexpected.Enqueue);

        for (int piece = 0; piece < 4 * threads; piece++)
        {
            work.Add(() =>
            {
                lock (gate)
                {
                    most = Math.Max(most, ++running);
                }

                Assert.True(all.SignalAndWait(Deadline));
                lock (gate)
                {
                    running--;
                }
            });
        }

        work.Wait();
        Assert.Empty(_unexpected);
        Assert.Equal(threads, most);
    }

    [Fact]
    public void One_thread_does_them_in_their_order()
    {
        List<int> done = [];
        DeferredWork work = new(1, _unexpected.Enqueue);

        for (int piece = 0; piece < 100; piece++)
        {
            int number = piece;
            work.Add(() => done.Add(number));
        }

        work.Wait();
        Assert.Empty(_unexpected);
        Assert.Equal(Enumerable.Range(0, 100), done);
    }

    // Nothing is kept running between pieces, and what comes later is done as well.
    [Fact]
    public void What_is_added_after_a_pause_is_done_and_waited_for()
    {
        int done = 0;
        DeferredWork work = new(2, _unexpected.Enqueue);

        for (int round = 1; round <= 50; round++)
        {
            work.Add(() => Interlocked.Increment(ref done));
            work.Wait();
            Assert.Equal(round, done);
        }
    }

    [Fact]
    public void What_a_piece_throws_is_told_and_the_next_one_done()
    {
        ConcurrentQueue<string> told = new();
        DeferredWork work = new(1, exception => told.Enqueue(exception.Message));

        work.Add(() => throw new IOException("first"));
        work.Add(() => told.Enqueue("second"));

        work.Wait();
        Assert.Equal(["first", "second"], told);
    }

    [Fact]
    public void Nothing_added_is_nothing_to_wait_for() => new DeferredWork(1, _unexpected.Enqueue).Wait();
}
