using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>A watched life is one span with an event for each step; one that is not watched costs nothing.</summary>
[Collection(SpanTests.Name)]
public sealed class BufferLifeTests : IDisposable
{
    private readonly NetworkBufferPool _network = new(
        new NetworkBufferPoolOptions { SegmentCount = 8, SegmentSize = 64 });

    public void Dispose()
    {
        Assert.Equal(0, _network.Lent);
        _network.Dispose();
    }

    [Fact]
    public void A_life_is_a_span_from_request_to_recycle_with_an_event_for_each_step()
    {
        using SpanCollector spans = new();
        using Activity attempt = Telemetry.Source.StartActivity("attempt")!;
        using BufferLifeTracer tracer = All(attempt.Context);
        using LocalBufferPool pool = Pool(tracer);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        NetworkBuffer sender = buffer.Retain("reader").HandOver("sender");
        sender.NoteSent("silo-2");
        sender.Release();
        buffer.NoteReceived("silo-3", default);
        buffer.NoteRead();
        Assert.Empty(spans.Lives);
        buffer.Release();

        Activity life = Assert.Single(spans.Lives);
        Assert.Equal(
            ["requested", "retained", "handed_over", "sent", "released", "received", "read", "released", "recycled"],
            SpanCollector.StepsOf(life));
        Assert.Equal([1, 2, 2, 2, 1, 1, 1, 0, 0], life.Events.Select(step => Tag(step, BufferLifeNames.Holders)));
        Assert.Equal(
            ["map 3", "reader", "sender", "sender", "sender", "map 3", "map 3", "map 3", "map 3"],
            life.Events.Select(step => Tag(step, BufferLifeNames.Holder)));
        Assert.Equal(
            [null, "map 3", "reader", null, null, null, null, null, null],
            life.Events.Select(step => Tag(step, BufferLifeNames.From)));
        Assert.Equal(
            ["silo-2", "silo-3"], life.Events.Select(step => Tag(step, BufferLifeNames.Peer)).OfType<string>());
        Assert.All(life.Events, step => Assert.Equal("silo-1", Tag(step, BufferLifeNames.Silo)));
        Assert.Equal(
            ("map 3", "silo-1", 0),
            (life.GetTagItem(BufferLifeNames.Owner), life.GetTagItem(BufferLifeNames.Silo),
                life.GetTagItem(BufferLifeNames.Generation)));
        Assert.Equal((attempt.TraceId, attempt.SpanId), (life.TraceId, life.ParentSpanId));
        Assert.Equal(ActivityStatusCode.Unset, life.Status);
    }

    [Fact]
    public void Times_of_steps_ascend_inside_of_the_span()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = All();
        using LocalBufferPool pool = Pool(tracer);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        buffer.Retain("reader").Release();
        buffer.Release();

        Activity life = Assert.Single(spans.Lives);
        List<DateTimeOffset> times =
            [life.StartTimeUtc, .. life.Events.Select(step => step.Timestamp), life.StartTimeUtc + life.Duration];
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void The_current_span_of_a_thread_stays_what_it_was()
    {
        using SpanCollector spans = new();
        using Activity attempt = Telemetry.Source.StartActivity("attempt")!;
        using BufferLifeTracer tracer = All(attempt.Context);
        using LocalBufferPool pool = Pool(tracer);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        Activity? during = Activity.Current;
        buffer.Release();

        Assert.Equal((attempt, attempt), (during, Activity.Current));
    }

    [Fact]
    public void A_life_that_is_not_watched_makes_no_span_and_allocates_nothing()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = int.MaxValue })!;
        using LocalBufferPool pool = Pool(tracer);
        Live(pool, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Live(pool, 10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((0, 0), (allocated, tracer.Watched));
        Assert.Empty(spans.Begun);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(128)]
    public void About_one_life_in_so_many_is_watched(int oneIn)
    {
        const int Lives = 32_000;
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = oneIn, MostLives = Lives })!;
        using LocalBufferPool pool = Pool(tracer);

        Live(pool, Lives);

        // Six standard deviations either way.
        double expected = (double)Lives / oneIn;
        double slack = 6 * Math.Sqrt(expected * (1 - (1.0 / oneIn)));
        Assert.InRange(spans.Lives.Count, expected - slack, expected + slack);
        Assert.Equal((spans.Begun.Count, spans.Begun.Count), (spans.Lives.Count, tracer.Watched));
    }

    [Fact]
    public void No_tracer_is_made_when_nobody_would_see_what_it_makes()
    {
        Assert.Null(BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 1 }));
        Assert.NotNull(BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 1, Ended = _ => { } }));

        using SpanCollector spans = new();
        Assert.NotNull(BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 1 }));
        Assert.Null(BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 0 }));
    }

    [Fact]
    public void Lives_beyond_the_limit_are_counted_and_not_watched()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = 1, MostLives = 5 })!;
        using LocalBufferPool pool = Pool(tracer);

        Live(pool, 12);

        Assert.Equal((5, 5, 7), (spans.Lives.Count, tracer.Watched, tracer.LeftOut));
    }

    [Fact]
    public void Of_many_steps_the_first_and_the_last_are_kept_and_the_others_counted()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = All();
        using LocalBufferPool pool = Pool(tracer);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        for (int i = 0; i < 500; i++)
        {
            buffer.Retain($"reader {i}").Release();
        }

        buffer.Release();

        Activity life = Assert.Single(spans.Lives);
        List<string> steps = [.. SpanCollector.StepsOf(life)];
        Assert.InRange(steps.Count, 2, 128);
        Assert.Equal(1003L - steps.Count, life.GetTagItem(BufferLifeNames.EventsLeftOut));
        Assert.Equal(("requested", "recycled"), (steps[0], steps[^1]));
        Assert.Contains(life.Events, step => (string?)Tag(step, BufferLifeNames.Holder) == "reader 0");
        Assert.Contains(life.Events, step => (string?)Tag(step, BufferLifeNames.Holder) == "reader 499");
    }

    [Fact]
    public void A_release_that_is_told_after_the_recycle_belongs_to_the_life()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = All();
        BufferLife number = new(3, 7);
        HolderPlace first = new(0, "map 3");
        HolderPlace second = new(1, "reader");
        BufferStep step = new(BufferStepKind.Requested, number, "map 3", first, first, TimeSpan.Zero);

        tracer.OnStep(step);
        tracer.OnStep(step with { Kind = BufferStepKind.Retained, Holder = second });
        tracer.OnStep(step with { Kind = BufferStepKind.Released });
        tracer.OnStep(step with { Kind = BufferStepKind.Recycled });
        Assert.Empty(spans.Lives);
        tracer.OnStep(step with { Life = new BufferLife(3, 8) });
        tracer.OnStep(step with { Kind = BufferStepKind.Released, Holder = second, From = second });

        Assert.Equal(
            ["requested", "retained", "released", "recycled", "released"],
            SpanCollector.StepsOf(Assert.Single(spans.Lives)));
        tracer.OnStep(step with { Life = new BufferLife(3, 8), Kind = BufferStepKind.Released });
        tracer.OnStep(step with { Life = new BufferLife(3, 8), Kind = BufferStepKind.Recycled });
        Assert.Equal(2, spans.Lives.Count);
    }

    [Fact]
    public void A_life_is_linked_to_the_one_its_bytes_come_from_also_when_it_was_not_sampled()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = int.MaxValue })!;
        using LocalBufferPool pool = Pool(tracer);
        ActivityContext sender = new(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        Assert.False(buffer.IsWatched);
        buffer.NoteReceived("silo-2", sender);
        Assert.NotEqual(default, buffer.Trace);
        buffer.NoteRead();
        buffer.Release();
        pool.Request(CancellationToken.None).Release();

        Activity life = Assert.Single(spans.Lives);
        Assert.Equal(["requested", "received", "read", "released", "recycled"], SpanCollector.StepsOf(life));
        Assert.Equal(sender, Assert.Single(life.Links).Context);
    }

    [Fact]
    public void What_is_told_of_a_life_where_nobody_listens_is_what_its_span_would_say()
    {
        List<BufferTrace> told = [];
        ActivityContext job = new(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        using BufferLifeTracer tracer = BufferLifeTracer.Create(
            new BufferLifeTracerOptions { SampleOneIn = 1, Parent = job, Silo = "silo-1", Ended = told.Add })!;
        using LocalBufferPool pool = Pool(tracer);

        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        ActivityContext trace = buffer.Trace;
        buffer.Release();

        BufferTrace life = Assert.Single(told);
        Assert.Equal(["requested", "released", "recycled"], life.Steps.Select(step => step.Kind));
        Assert.Equal((job.TraceId, life.SpanId), (trace.TraceId, trace.SpanId.ToHexString()));
        Assert.Equal((job.SpanId.ToHexString(), "silo-1", "map 3"), (life.ParentId, life.Silo, life.Owner));
    }

    private LocalBufferPool Pool(IBufferLifecycle? lifecycle) => _network.CreateBufferPool(
        new BufferPoolOptions { Owner = "map 3", Minimum = 4, Maximum = 8, Lifecycle = lifecycle });

    private static BufferLifeTracer All(ActivityContext parent = default) => BufferLifeTracer.Create(
        new BufferLifeTracerOptions { SampleOneIn = 1, Parent = parent, Silo = "silo-1" })!;

    private static void Live(LocalBufferPool pool, int lives)
    {
        for (int i = 0; i < lives; i++)
        {
            pool.Request(CancellationToken.None).Release();
        }
    }

    private static object? Tag(ActivityEvent step, string name) =>
        step.Tags.FirstOrDefault(tag => tag.Key == name).Value;
}
