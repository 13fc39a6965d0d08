using System.Diagnostics;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>The lives of a whole job's buffers, in this process.</summary>
[Collection(SpanTests.Name)]
public sealed class JobLivesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-lives-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_life_of_a_job_ends_belongs_to_its_trace_and_tells_who_read_it()
    {
        using SpanCollector spans = new();

        JobReport report = await SortAsync(traceBuffers: 1);

        Assert.NotEmpty(spans.Lives);
        Assert.Equal(spans.Begun.Count, spans.Lives.Count);
        Assert.All(spans.Lives, life =>
        {
            Assert.Equal(report.TraceId, life.TraceId.ToHexString());
            Assert.NotEqual(default, life.ParentSpanId);
            Assert.Equal(ActivityStatusCode.Unset, life.Status);
            List<string> steps = [.. SpanCollector.StepsOf(life)];
            Assert.Equal(("requested", 1), (steps[0], steps.Count(step => step == "recycled")));
            Assert.Equal(
                steps.Count(step => step is "requested" or "retained"), steps.Count(step => step == "released"));
        });
        List<Activity> tasks = [.. spans.All.Where(span => span.OperationName == SpanNames.Task)];
        Assert.All(spans.Lives, life => Assert.Contains(tasks, task => task.SpanId == life.ParentSpanId));
        Assert.Equal(spans.Lives.Count, tasks.Sum(task => (int)task.GetTagItem(BufferLifeNames.Watched)!));
        Assert.Contains(spans.Lives, life => SpanCollector.StepsOf(life).Contains("read"));
        Activity served = Assert.Single(
            spans.Lives.Where(life => SpanCollector.StepsOf(life).Contains("handed_over")).Take(1));
        ActivityEvent handed = served.Events.First(step => step.Name == BufferLifeNames.HandedOver);
        Assert.Contains(
            "stage",
            (string)handed.Tags.First(tag => tag.Key == BufferLifeNames.Holder).Value!,
            StringComparison.Ordinal);
        Assert.NotEqual(
            served.GetTagItem(BufferLifeNames.Owner),
            handed.Tags.First(tag => tag.Key == BufferLifeNames.Holder).Value);
    }

    [Fact]
    public async Task A_job_with_tracing_off_makes_no_span_of_a_life()
    {
        using SpanCollector spans = new();

        await SortAsync(traceBuffers: 0);

        Assert.NotEmpty(spans.All);
        Assert.Empty(spans.Begun);
    }

    private async Task<JobReport> SortAsync(int? traceBuffers)
    {
        string input = Path.Combine(_folder, "in");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 3000).Select(i => $"{i * 7919 % 3000:D5} line"));
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 1 << 20,
            Parallelism = 2,
            SpillDirectories = [_folder],
            SegmentSize = 4096,
            TraceBuffers = traceBuffers,
        });
        return await engine.RunAsync(new JobRequest
        {
            Job = new SortJob(),
            Arguments = new JobArguments().Add("input", input).Add("out", Path.Combine(_folder, "out")),
            Name = "sort",
            Partitions = 3,
        }).WaitAsync(Deadline);
    }
}
