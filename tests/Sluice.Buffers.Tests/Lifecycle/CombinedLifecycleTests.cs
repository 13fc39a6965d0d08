namespace Sluice.Buffers.Tests;

/// <summary>Several hooks on one pool.</summary>
public sealed class CombinedLifecycleTests
{
    [Fact]
    public void Each_hook_sees_the_lives_it_watches_and_no_other()
    {
        var even = new LifeRecorder { Only = life => life.Generation % 2 == 0 };
        var all = new LifeRecorder();
        var third = new LifeRecorder { Only = life => life.Generation % 3 == 0 };
        using var whole = new WholePool(1);
        LocalBufferPool pool = whole.Watched("map 3", 1, IBufferLifecycle.Combine(even, all, third));
        for (int life = 0; life < 12; life++)
        {
            pool.Request(CancellationToken.None).Release();
        }

        pool.Dispose();

        Assert.Equal([0, 2, 4, 6, 8, 10], even.Requested);
        Assert.Equal(Enumerable.Range(0, 12), all.Requested);
        Assert.Equal([0, 3, 6, 9], third.Requested);
        Assert.Equal((3 * 6) + 1, even.Steps.Count);
        Assert.Equal((3 * 12) + 1, all.Steps.Count);
        Assert.All([even, all, third], hook => Assert.Equal("destroyed 'map 3' 0", hook.Steps[^1]));
    }

    [Fact]
    public void A_life_is_asked_for_once_and_told_whole_to_a_hook_that_changes_its_mind()
    {
        int asked = 0;
        var first = new LifeRecorder { Only = _ => ++asked == 1 };
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, IBufferLifecycle.Combine(first, new LifeRecorder()));
        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        buffer.Retain().Release();
        buffer.Release();
        pool.Request(CancellationToken.None).Release();

        Assert.Equal(2, asked);
        Assert.Equal(5, first.Steps.Count);
    }

    [Fact]
    public void A_life_that_nobody_watches_is_told_to_nobody()
    {
        var first = new LifeRecorder { Only = _ => false };
        var second = new LifeRecorder { Only = _ => false };
        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Watched("map 3", 1, IBufferLifecycle.Combine(first, second));

        pool.Request(CancellationToken.None).Release();

        Assert.Empty(first.Steps);
        Assert.Empty(second.Steps);
    }

    [Fact]
    public void A_leak_detector_beside_another_hook_still_reports_and_shows_histories()
    {
        var reports = new List<BufferLeak>();
        LeakDetector? detector = LeakDetector.Create(new LeakDetectorOptions(), reports.Add);
        var tracer = new LifeRecorder { Only = life => life.Segment == 1 };
        using var whole = new WholePool(2);
        LocalBufferPool pool = whole.Watched("map 3", 2, IBufferLifecycle.Combine(tracer, detector));
        NetworkBuffer leaked = pool.Request(CancellationToken.None);
        NetworkBuffer stale = leaked.Retain("fetch 1");
        stale.Release();

        BufferMisuseException misuse = Assert.Throws<BufferMisuseException>(stale.Release);
        pool.Dispose();

        Assert.Equal(3, misuse.History!.First.Count);
        Assert.Equal("map 3", Assert.Single(Assert.Single(reports).Buffers).Owner);
        Assert.Equal(["destroyed 'map 3' 1"], tracer.Steps);
        leaked.Release();
    }

    [Fact]
    public void None_is_null_one_is_itself_and_a_hook_counts_once()
    {
        var hook = new LifeRecorder();
        var other = new LifeRecorder();
        using var whole = new WholePool(1);
        IBufferLifecycle? nested = IBufferLifecycle.Combine(hook, IBufferLifecycle.Combine(other, null, hook));
        using LocalBufferPool pool = whole.Watched("map 3", 1, nested);
        pool.Request(CancellationToken.None).Release();

        Assert.Null(IBufferLifecycle.Combine());
        Assert.Null(IBufferLifecycle.Combine(null, null));
        Assert.Same(hook, IBufferLifecycle.Combine(null, hook, hook));
        Assert.Equal((3, 3), (hook.Steps.Count, other.Steps.Count));
    }

    [Fact]
    public void More_than_eight_are_refused()
    {
        LifeRecorder[] nine = [.. Enumerable.Range(0, 9).Select(_ => new LifeRecorder())];

        Assert.Throws<ArgumentException>(() => IBufferLifecycle.Combine(nine));
        Assert.NotNull(IBufferLifecycle.Combine(nine.AsSpan(0, 8)));
    }
}
