namespace Sluice.Buffers.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public void The_hook_sees_each_step_of_a_life_with_its_holder_and_time()
    {
        var recorder = new LifeRecorder();
        var time = new SteppedTime();
        using var whole = new WholePool(1, time: time);
        using LocalBufferPool pool = whole.Watched("map 3", 1, recorder);
        NetworkBuffer first = pool.Request(CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(20));
        NetworkBuffer second = first.Retain("fetch 1");
        NetworkBuffer third = second.Retain();
        NetworkBuffer fourth = second.HandOver("sender");
        time.Advance(TimeSpan.FromMilliseconds(30));
        first.Release();
        third.Release();
        fourth.Release();
        pool.Request(CancellationToken.None).Release();
        pool.Dispose();

        Assert.Equal(
            [
                "0/0 requested by 'map 3' (place 0), 0 ms",
                "0/0 retained by 'fetch 1' (place 1) from 'map 3' (place 0), 20 ms",
                "0/0 retained by 'map 3' (place 2) from 'fetch 1' (place 1), 20 ms",
                "0/0 handed over by 'fetch 1' (place 1) to 'sender' (place 3), 20 ms",
                "0/0 released by 'map 3' (place 0), 50 ms",
                "0/0 released by 'map 3' (place 2), 50 ms",
                "0/0 released by 'sender' (place 3), 50 ms",
                "0/0 recycled after 'sender' (place 3), 50 ms",
                "0/1 requested by 'map 3' (place 4), 50 ms",
                "0/1 released by 'map 3' (place 4), 50 ms",
                "0/1 recycled after 'map 3' (place 4), 50 ms",
                "destroyed 'map 3' 0",
            ],
            recorder.Steps);
    }

    [Fact]
    public void A_life_that_is_not_watched_is_not_told()
    {
        var recorder = new LifeRecorder { Only = life => life.Segment == 1 };
        using var whole = new WholePool(2);
        using LocalBufferPool pool = whole.Watched("map 3", 2, recorder);
        NetworkBuffer unseen = pool.Request(CancellationToken.None);
        NetworkBuffer seen = pool.Request(CancellationToken.None);
        unseen.Retain().Release();
        unseen.Release();
        seen.Retain().Release();
        seen.Release();

        Assert.Equal(5, recorder.Steps.Count);
        Assert.All(recorder.Steps, step => Assert.StartsWith("1/0 ", step, StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_that_a_watched_pool_had_is_not_watched_in_the_next()
    {
        var recorder = new LifeRecorder();
        using var whole = new WholePool(1);
        using LocalBufferPool watched = whole.Watched("map 3", 0, recorder);
        using LocalBufferPool other = whole.Share("map 4", 0, 1);
        watched.Request(CancellationToken.None).Release();

        NetworkBuffer buffer = other.Request(CancellationToken.None);
        buffer.Retain().Release();
        buffer.Release();

        Assert.Equal(3, recorder.Steps.Count);
    }

    [Fact]
    public async Task The_hook_is_called_without_any_lock()
    {
        using var whole = new WholePool(3);
        var curious = new CuriousHook(whole.Network);
        LocalBufferPool pool = whole.Watched("map 3", 1, curious);

        await Deadline.OnThread(() =>
        {
            NetworkBuffer first = pool.Request(CancellationToken.None);
            first.Retain().Release();
            first.HandOver("sender").Release();
            pool.Dispose();
        });

        Assert.Equal(7, curious.Calls);
    }

    /// <summary>Asks the pool from another thread in every call; a lock held meanwhile would never let it.</summary>
    private sealed class CuriousHook(NetworkBufferPool network) : IBufferLifecycle
    {
        public int Calls { get; private set; }

        public void OnStep(in BufferStep taken) => Look();

        public void OnPoolDestroyed(string owner, int outstanding) => Look();

        private void Look()
        {
            Calls++;
            Deadline.Await(() => Task.Run(() => network.Free >= 0).Wait(Deadline.Time));
        }
    }
}
