namespace Sluice.Buffers.Tests;

public sealed class LeakDetectorTests : IDisposable
{
    private readonly List<BufferLeak> _reports = [];
    private readonly SteppedTime _time = new();
    private readonly WholePool _whole;

    public LeakDetectorTests()
    {
        _whole = new WholePool(3, time: _time);
    }

    public void Dispose() => _whole.Dispose();

    [Fact]
    public void At_full_a_leak_is_reported_with_owner_holders_and_whole_history()
    {
        LeakDetector detector = Detector();
        LocalBufferPool pool = _whole.Watched("map 3", 2, detector);
        NetworkBuffer returned = pool.Request(CancellationToken.None);
        NetworkBuffer leaked = pool.Request(CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        NetworkBuffer alsoHeld = leaked.Retain("fetch 1").HandOver("sender");
        NetworkBuffer gone = leaked.Retain();
        gone.Release();
        returned.Release();

        pool.Dispose();

        BufferLeak leak = Assert.Single(_reports);
        Assert.Equal(
            """
            The pool of 'map 3' was destroyed with 1 buffer(s) not given back; 1 followed:
            segment 1 (life 0) of 'map 3', held by 'map 3' (place 0), 'sender' (place 2):
                     0 ms  requested by 'map 3' (place 0)
                    40 ms  retained by 'fetch 1' (place 1) from 'map 3' (place 0)
                    40 ms  handed over by 'fetch 1' (place 1) to 'sender' (place 2)
                    40 ms  retained by 'map 3' (place 3) from 'map 3' (place 0)
                    40 ms  released by 'map 3' (place 3)
            """.ReplaceLineEndings("\n"),
            leak.ToString()[..leak.ToString().IndexOf("\nWho is named", StringComparison.Ordinal)]);
        leaked.Release();
        Assert.Equal([new HolderPlace(2, "sender")], Assert.Single(detector.Outstanding()).Holders);
        alsoHeld.Release();
        Assert.Empty(detector.Outstanding());
    }

    [Fact]
    public void A_pool_that_is_whole_is_not_reported()
    {
        LeakDetector detector = Detector();
        LocalBufferPool pool = _whole.Watched("map 3", 2, detector);
        pool.Request(CancellationToken.None).Release();

        pool.Dispose();

        Assert.Empty(_reports);
        Assert.Empty(detector.Outstanding());
    }

    [Fact]
    public void A_report_names_only_buffers_of_its_own_pool()
    {
        LeakDetector detector = Detector();
        LocalBufferPool first = _whole.Watched("map 3", 1, detector);
        using LocalBufferPool second = _whole.Watched("map 4", 1, detector);
        NetworkBuffer leaked = first.Request(CancellationToken.None);
        NetworkBuffer inUse = second.Request(CancellationToken.None);

        first.Dispose();

        Assert.Equal("map 3", Assert.Single(Assert.Single(_reports).Buffers).Owner);
        Assert.Equal(2, detector.Outstanding().Count);
        leaked.Release();
        inUse.Release();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(32)]
    public void A_long_history_keeps_its_first_and_last_steps_and_counts_the_rest(int kept)
    {
        LeakDetector detector = Detector(new LeakDetectorOptions { StepsKept = kept });
        LocalBufferPool pool = _whole.Watched("map 3", 1, detector);
        NetworkBuffer leaked = pool.Request(CancellationToken.None);
        for (int step = 0; step < 50; step++)
        {
            leaked.Retain($"reader {step}").Release();
        }

        pool.Dispose();

        BufferHistory history = Assert.Single(Assert.Single(_reports).Buffers).History;
        Assert.Equal(101 - kept, history.LeftOut);
        Assert.Equal(kept, history.First.Count + history.Last.Count);
        Assert.Equal(BufferStepKind.Requested, history.First[0].Kind);
        Assert.Equal((BufferStepKind.Released, "reader 49"), (history.Last[^1].Kind, history.Last[^1].Holder.Label));
        Assert.Contains($"... {101 - kept} step(s) left out ...", history.ToString(), StringComparison.Ordinal);
        leaked.Release();
    }

    [Fact]
    public void At_off_there_is_no_hook() =>
        Assert.Null(LeakDetector.Create(new LeakDetectorOptions { Level = LeakDetection.Off }, _reports.Add));

    [Fact]
    public void At_sampled_about_one_life_in_so_many_is_followed_on_every_segment()
    {
        LeakDetector detector = Detector(new LeakDetectorOptions { Level = LeakDetection.Sampled, SampleOneIn = 16 });

        int[] followed = [.. Enumerable.Range(0, 10).Select(segment => Enumerable.Range(0, 10_000)
            .Count(generation => detector.Watches(new BufferLife(segment, generation), "map 3")))];

        // 625 are expected in each; the hash is fixed, so this either always holds or never.
        Assert.All(followed, count => Assert.InRange(count, 500, 750));
    }

    [Fact]
    public void At_sampled_the_count_is_reported_and_the_lives_that_were_followed()
    {
        LeakDetector detector = Detector(new LeakDetectorOptions { Level = LeakDetection.Sampled, SampleOneIn = 2 });
        LocalBufferPool pool = _whole.Watched("map 3", 3, detector);
        NetworkBuffer[] leaked = [.. Enumerable.Range(0, 3).Select(_ => pool.Request(CancellationToken.None))];
        int[] expected = [.. Enumerable.Range(0, 3).Where(segment => detector.Watches(new BufferLife(segment, 0), ""))];

        pool.Dispose();

        BufferLeak leak = Assert.Single(_reports);
        Assert.Equal(3, leak.Outstanding);
        Assert.InRange(expected.Length, 1, 2);
        Assert.Equal(expected, leak.Buffers.Select(buffer => buffer.Life.Segment));
        Array.ForEach(leaked, buffer => buffer.Release());
    }

    [Fact]
    public void A_stale_handle_shows_the_life_it_belongs_to_also_in_the_next_life()
    {
        using LocalBufferPool pool = _whole.Watched("map 3", 1, Detector());
        NetworkBuffer stale = pool.Request(CancellationToken.None).HandOver("sender");
        stale.Release();
        NetworkBuffer next = pool.Request(CancellationToken.None);

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(stale.Release);

        Assert.Equal(
            [BufferStepKind.Requested, BufferStepKind.HandedOver, BufferStepKind.Released, BufferStepKind.Recycled],
            failure.History?.First.Select(step => step.Kind));
        Assert.Contains("recycled after 'sender' (place 1)", failure.Message, StringComparison.Ordinal);
        next.Release();
    }

    [Theory]
    [InlineData((LeakDetection)3, 1, 2)]
    [InlineData(LeakDetection.Sampled, 0, 2)]
    [InlineData(LeakDetection.Full, 1, 1)]
    public void Options_out_of_range_are_refused(LeakDetection level, int oneIn, int kept) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Detector(
            new LeakDetectorOptions { Level = level, SampleOneIn = oneIn, StepsKept = kept }));

    private LeakDetector Detector(LeakDetectorOptions? options = null) =>
        LeakDetector.Create(options ?? new LeakDetectorOptions(), _reports.Add)!;
}
