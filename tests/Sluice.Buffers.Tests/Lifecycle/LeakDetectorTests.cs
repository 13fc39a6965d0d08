namespace Sluice.Buffers.Tests;

public sealed class LeakDetectorTests
{
    [Fact]
    public void Buffers_still_out_when_their_pool_is_destroyed_are_reported_with_owner_and_holders()
    {
        var reports = new List<BufferLeak>();
        var detector = new LeakDetector(reports.Add);
        using NetworkBufferPool network = Watched(detector);
        LocalBufferPool pool = network.CreateBufferPool(new BufferPoolOptions { Owner = "map 3", Minimum = 2, Maximum = 3 });
        NetworkBuffer returned = pool.Request(CancellationToken.None);
        NetworkBuffer leaked = pool.Request(CancellationToken.None);
        NetworkBuffer alsoHeld = leaked.Retain();
        returned.Release();

        pool.Dispose();

        BufferLeak leak = Assert.Single(reports);
        Assert.Equal("The pool of 'map 3' was destroyed with 1 buffer(s) out: segment 1 (life 0) of 'map 3' with 2 holder(s).",
            leak.ToString());
        leaked.Release();
        Assert.Equal(1, Assert.Single(detector.Outstanding()).Holders);
        alsoHeld.Release();
        Assert.Empty(detector.Outstanding());
    }

    [Fact]
    public void A_pool_that_is_whole_is_not_reported()
    {
        var detector = new LeakDetector(leak => Assert.Fail(leak.ToString()));
        using NetworkBufferPool network = Watched(detector);
        LocalBufferPool pool = network.CreateBufferPool(new BufferPoolOptions { Owner = "map 3", Minimum = 2, Maximum = 3 });
        pool.Request(CancellationToken.None).Release();

        pool.Dispose();

        Assert.Empty(detector.Outstanding());
    }

    [Fact]
    public void The_hook_sees_each_step_of_a_life_in_order()
    {
        var recorder = new LifeRecorder();
        using NetworkBufferPool network = Watched(null);
        using LocalBufferPool pool = network.CreateBufferPool(
            new BufferPoolOptions { Owner = "map 3", Minimum = 1, Maximum = 1, Lifecycle = recorder });
        NetworkBuffer first = pool.Request(CancellationToken.None);
        NetworkBuffer second = first.Retain();
        first.Release();
        second.Release();
        pool.Request(CancellationToken.None).Release();
        pool.Dispose();

        Assert.Equal(
            [
                "request 0/0 map 3", "retain 0/0 1", "release 0/0 0", "release 0/0 1", "recycle 0/0",
                "request 0/1 map 3", "release 0/1 2", "recycle 0/1", "destroy map 3 0",
            ],
            recorder.Steps);
    }

    [Fact]
    public async Task The_hook_is_called_without_any_lock()
    {
        using NetworkBufferPool network = Watched(null);
        var curious = new CuriousHook(network);
        LocalBufferPool pool = network.CreateBufferPool(
            new BufferPoolOptions { Owner = "map 3", Minimum = 1, Maximum = 1, Lifecycle = curious });

        await Deadline.OnThread(() =>
        {
            NetworkBuffer first = pool.Request(CancellationToken.None);
            first.Retain().Release();
            first.Release();
            pool.Dispose();
        });

        Assert.Equal(6, curious.Calls);
    }

    private static NetworkBufferPool Watched(IBufferLifecycle? lifecycle) =>
        new(new NetworkBufferPoolOptions { SegmentCount = 3, SegmentSize = 16, Lifecycle = lifecycle });

    private sealed class LifeRecorder : IBufferLifecycle
    {
        public List<string> Steps { get; } = [];

        public void OnRequested(BufferLife life, string owner) => Note("request", life, owner);

        public void OnRetained(BufferLife life, int holder) => Note("retain", life, $"{holder}");

        public void OnReleased(BufferLife life, int holder) => Note("release", life, $"{holder}");

        public void OnRecycled(BufferLife life) => Note("recycle", life, "");

        public void OnPoolDestroyed(string owner, int outstanding) => Steps.Add($"destroy {owner} {outstanding}");

        private void Note(string step, BufferLife life, string detail) =>
            Steps.Add($"{step} {life.Segment}/{life.Generation} {detail}".TrimEnd());
    }

    /// <summary>Asks the pool from another thread in every call; a lock held meanwhile would never let it.</summary>
    private sealed class CuriousHook(NetworkBufferPool network) : IBufferLifecycle
    {
        public int Calls { get; private set; }

        public void OnRequested(BufferLife life, string owner) => Look();

        public void OnRetained(BufferLife life, int holder) => Look();

        public void OnReleased(BufferLife life, int holder) => Look();

        public void OnRecycled(BufferLife life) => Look();

        public void OnPoolDestroyed(string owner, int outstanding) => Look();

        private void Look()
        {
            Calls++;
            Deadline.Await(() => Task.Run(() => network.Free >= 0).Wait(Deadline.Time));
        }
    }
}
