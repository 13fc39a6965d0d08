using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Observability.Tests;

/// <summary>Waits of a task, and how spans below it find it.</summary>
public sealed class TaskSpansTests
{
    private const int DiskFull = 28;

    [Fact]
    public void A_wait_for_room_on_a_full_disk_is_a_span()
    {
        using HeardSpans heard = new();
        using Activity task = Begin();
        DiskWait wait = new(TimeSpan.FromSeconds(30));
        int tries = 0;

        wait.Run(
            "/spill/file", () => _ = ++tries < 2 ? throw new IOException("full", DiskFull) : 0, CancellationToken.None);

        Activity pause = Assert.Single(heard.Of(SpanNames.DiskPause));
        Assert.Equal((task.SpanId, "/spill/file"), (pause.ParentSpanId, pause.GetTagItem(AttributeNames.Path)));
        Assert.True(pause.IsStopped && pause.Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_wait_for_memory_is_a_span_and_a_short_one_is_not()
    {
        using HeardSpans heard = new();
        using NetworkBufferPool pool = new(NetworkBufferPoolOptions.ForMemory(4096, 4096));
        using LocalBufferPool own = pool.CreateBufferPool(
            new BufferPoolOptions { Owner = "own", Minimum = 1, Maximum = 1 });
        using Activity task = Begin();
        NetworkBuffer held = own.Request(CancellationToken.None);
        Task returned = Task.Run(async () =>
        {
            await Task.Delay(60);
            held.Release();
        });

        own.Request(CancellationToken.None).Release();
        await returned;
        own.Request(CancellationToken.None).Release();

        Activity stall = Assert.Single(heard.Of(SpanNames.Stall));
        Assert.Equal(task.SpanId, stall.ParentSpanId);
        Assert.True(stall.Duration >= TimeSpan.FromMilliseconds(10), $"{stall.Duration}");
    }

    [Fact]
    public void Spans_nest_and_a_span_of_the_users_own_between_them_is_passed_over()
    {
        using HeardSpans heard = new();
        using Activity task = Begin();

        using (Activity? merge = TaskSpans.Begin(SpanNames.Merge))
        {
            using Activity? fetch = TaskSpans.Begin(SpanNames.Fetch);
            Assert.Equal(merge!.SpanId, fetch!.ParentSpanId);
        }

        using Activity own = new Activity("own").Start();
        using Activity? spill = TaskSpans.Begin(SpanNames.Spill);
        Assert.Equal(task.SpanId, spill!.ParentSpanId);
    }

    [Fact]
    public void Outside_of_an_attempt_there_is_nothing_to_belong_to()
    {
        using HeardSpans heard = new();
        using Activity own = new Activity("own").Start();

        Assert.Null(TaskSpans.Begin(SpanNames.Spill));
        Assert.Empty(heard.Ended);
    }

    private static Activity Begin()
    {
        Activity task = Telemetry.Source.StartActivity(SpanNames.Task)!;
        _ = new TaskSpans(task);
        return task;
    }
}
