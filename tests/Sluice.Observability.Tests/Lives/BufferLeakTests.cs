using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Engine;

namespace Sluice.Observability.Tests;

/// <summary>A buffer that nobody released is an error span that tells its whole life.</summary>
[Collection(SpanTests.Name)]
public sealed class BufferLeakTests : IDisposable
{
    private readonly NetworkBufferPool _network = new(
        new NetworkBufferPoolOptions { SegmentCount = 4, SegmentSize = 64 });

    public void Dispose() => _network.Dispose();

    [Fact]
    public void A_life_that_is_out_when_its_tracer_ends_is_an_error_with_its_history_and_its_holders()
    {
        using SpanCollector spans = new();
        BufferLifeTracer tracer = BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 1 })!;
        NetworkBuffer leaked = Plant(tracer);

        Assert.Empty(spans.Lives);
        tracer.Dispose();

        Activity life = Assert.Single(spans.Lives);
        Assert.Equal(
            ["requested", "retained", "handed_over", "released", "pool_destroyed"], SpanCollector.StepsOf(life));
        Assert.Equal(ActivityStatusCode.Error, life.Status);
        Assert.Contains("'sender'", life.StatusDescription, StringComparison.Ordinal);
        Assert.DoesNotContain("'map 3'", life.StatusDescription, StringComparison.Ordinal);
        leaked.Release();
        Assert.Single(spans.Lives);
    }

    [Fact]
    public void A_buffer_that_outlives_its_pool_and_is_released_then_is_no_error()
    {
        using SpanCollector spans = new();
        using BufferLifeTracer tracer = BufferLifeTracer.Create(new BufferLifeTracerOptions { SampleOneIn = 1 })!;
        NetworkBuffer late = Plant(tracer);

        late.Release();

        Activity life = Assert.Single(spans.Lives);
        Assert.Equal(
            ["requested", "retained", "handed_over", "released", "pool_destroyed", "released", "recycled"],
            SpanCollector.StepsOf(life));
        Assert.Equal(ActivityStatusCode.Unset, life.Status);
    }

    [Fact]
    public void A_leak_detector_reports_in_spans_with_the_whole_history()
    {
        using SpanCollector spans = new();
        using Activity attempt = Telemetry.Source.StartActivity("attempt")!;
        LeakDetector? detector = LeakDetector.Create(
            new LeakDetectorOptions(), leak => BufferLeakSpans.Emit(leak, attempt.Context, "silo-1"));

        NetworkBuffer leaked = Plant(detector);

        Activity life = Assert.Single(spans.Lives);
        Assert.Equal(
            ["requested", "retained", "handed_over", "released", "pool_destroyed"], SpanCollector.StepsOf(life));
        Assert.Equal(
            [1, 2, 2, 1, 1],
            life.Events.Select(step => step.Tags.First(tag => tag.Key == BufferLifeNames.Holders).Value));
        Assert.Equal((ActivityStatusCode.Error, attempt.SpanId), (life.Status, life.ParentSpanId));
        Assert.Contains("'sender'", life.StatusDescription, StringComparison.Ordinal);
        leaked.Release();
    }

    // The sender never releases what it was handed.
    private NetworkBuffer Plant(IBufferLifecycle? hook)
    {
        using LocalBufferPool pool = _network.CreateBufferPool(
            new BufferPoolOptions { Owner = "map 3", Minimum = 1, Maximum = 4, Lifecycle = hook });
        NetworkBuffer buffer = pool.Request(CancellationToken.None);
        NetworkBuffer leaked = buffer.Retain("fetch 1").HandOver("sender");
        buffer.Release();
        return leaked;
    }
}
