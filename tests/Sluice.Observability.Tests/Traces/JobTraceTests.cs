using System.Diagnostics;
using System.Reflection;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>
/// The trace of a job in this process: its shape, its errors, its size, and that there is none unasked.
/// </summary>
public sealed class JobTraceTests
{
    private const int Spilling = 30_000;

    [Fact]
    public async Task A_job_is_one_trace_in_which_every_span_ends_below_its_parent()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();

        JobReport report = await job.SortAsync(Spilling);

        heard.AssertAllEnded();
        Assert.All(heard.Ended, span => Assert.Equal(report.TraceId, span.TraceId.ToHexString()));
        Assert.Equal(default, Assert.Single(heard.Of(SpanNames.Job)).ParentSpanId);
        AssertParents(heard, SpanNames.Stage, SpanNames.Job);
        AssertParents(heard, SpanNames.Task, SpanNames.Stage);
        AssertParents(heard, SpanNames.Spill, SpanNames.Task);
        AssertParents(heard, SpanNames.Merge, SpanNames.Task);
        AssertParents(heard, SpanNames.Commit, SpanNames.Job);
        Assert.All(
            heard.Ended.Where(span => span.ParentSpanId != default),
            span => Assert.InRange(EndOf(span), span.StartTimeUtc, EndOf(heard.ParentOf(span))));
    }

    [Fact]
    public async Task Spans_tell_what_the_report_tells()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();

        JobReport report = await job.SortAsync(Spilling);

        Assert.Equal(report.Stages.Select(stage => stage.Name), heard.Of(SpanNames.Stage).Select(StageOf));
        foreach (StageReport stage in report.Stages)
        {
            Activity span = heard.Of(SpanNames.Stage).Single(span => StageOf(span) == stage.Name);
            Activity[] tasks = [.. heard.Of(SpanNames.Task).Where(task => StageOf(task) == stage.Name)];
            Assert.Equal((stage.Tasks, stage.Attempts), (Int(span, AttributeNames.Tasks), tasks.Length));
            Assert.Equal(stage.RecordsIn, tasks.Sum(task => Int(task, AttributeNames.RecordsIn)));
            Assert.Equal(stage.SpilledBytes, tasks.Sum(task => Int(task, AttributeNames.SpilledBytes)));
            Assert.Equal(stage.SpilledBytes, Int(span, AttributeNames.SpilledBytes));
            Assert.Equal(
                Enumerable.Range(0, stage.Tasks), tasks.Select(task => (int)Int(task, AttributeNames.Task)).Order());
        }

        StageReport map = report.Stages[^2];
        Assert.True(map.Spills > 0, "The map must spill, or the test shows nothing.");
        Assert.Equal(
            heard.Of(SpanNames.Task).Where(task => StageOf(task) == map.Name).Sum(
                task => Math.Min(Int(task, AttributeNames.Spills), TaskSpans.Most)),
            heard.Of(SpanNames.Spill).Count);
    }

    [Fact]
    public async Task Every_name_is_declared()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();

        await job.SortAsync(Spilling);

        Assert.All(heard.Ended, span => Assert.Contains(span.OperationName, Declared(typeof(SpanNames))));
        Assert.All(
            heard.Ended, span => Assert.StartsWith(span.OperationName, span.DisplayName, StringComparison.Ordinal));
        Assert.All(
            heard.Ended.SelectMany(span => span.TagObjects),
            tag => Assert.Contains(tag.Key, Declared(typeof(AttributeNames))));
    }

    [Fact]
    public async Task A_reader_is_linked_to_the_attempts_it_reads_from()
    {
        using HeardSpans heard = new();
        using TracedJob job = new() { Width = 700 };

        JobReport report = await job.SortAsync(Spilling);

        ActivitySpanId[] made =
            [.. heard.Of(SpanNames.Task).Where(task => StageOf(task) == report.Stages[^2].Name)
                .Select(task => task.SpanId)];
        Activity[] readers = [.. heard.Of(SpanNames.Task).Where(task => StageOf(task) == report.Stages[^1].Name)];
        Assert.True(
            made.Length > 1 && readers.Length == 3, "Several must read from several, or the test shows nothing.");
        Assert.All(
            readers, reader => Assert.Equal(made.ToHashSet(), [.. reader.Links.Select(link => link.Context.SpanId)]));
        Assert.All(heard.Of(SpanNames.Task).Except(readers), task => Assert.Empty(task.Links));
    }

    [Fact]
    public async Task An_attempt_that_fails_is_an_error_and_the_next_one_has_its_number()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();
        int asked = 0;

        JobReport report = await job.SortAsync(
            1000, _ => Interlocked.Increment(ref asked) == 500 ? throw new InvalidOperationException("once") : true);

        heard.AssertAllEnded();
        Activity failed = Assert.Single(heard.Of(SpanNames.Task), task => task.Status == ActivityStatusCode.Error);
        Assert.Contains("once", failed.StatusDescription, StringComparison.Ordinal);
        Assert.Equal("SLU1402", failed.GetTagItem(AttributeNames.ErrorType));
        Activity[] tries =
        [
            .. heard.Of(SpanNames.Task).Where(task => StageOf(task) == StageOf(failed)
                && Int(task, AttributeNames.Task) == Int(failed, AttributeNames.Task)),
        ];
        Assert.Equal([1, 2], tries.Select(task => Int(task, AttributeNames.Attempt)));
        Assert.Equal(ActivityStatusCode.Unset, heard.Of(SpanNames.Job).Single().Status);
        Assert.Equal("succeeded", report.Status);
    }

    [Fact]
    public async Task A_job_that_fails_is_an_error_with_its_cause()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => job.SortAsync(1000, _ => throw new InvalidOperationException("always")));

        heard.AssertAllEnded();
        Activity failed = heard.Of(SpanNames.Job).Single();
        Assert.Equal((ActivityStatusCode.Error, thrown.Error.What), (failed.Status, failed.StatusDescription));
        Assert.Equal(thrown.Error.Code, failed.GetTagItem(AttributeNames.ErrorType));
        Assert.Empty(heard.Of(SpanNames.Commit));
    }

    [Fact]
    public async Task Spans_below_an_attempt_have_a_limit_and_the_rest_is_counted()
    {
        using HeardSpans heard = new();
        using TracedJob job = new() { Parallelism = 1, Partitions = 1 };

        JobReport report = await job.SortAsync(60_000);

        Activity map = Assert.Single(heard.Of(SpanNames.Task), task => StageOf(task) == report.Stages[^2].Name);
        Assert.True(
            Int(map, AttributeNames.Spills) > TaskSpans.Most, "It must spill more often, or the test shows nothing.");
        Assert.Equal(TaskSpans.Most, heard.Of(SpanNames.Spill).Count(spill => spill.ParentSpanId == map.SpanId));
        Assert.True(
            Int(map, AttributeNames.SpansLeftOut) >= Int(map, AttributeNames.Spills) - TaskSpans.Most,
            $"{map.GetTagItem(AttributeNames.SpansLeftOut)} of {map.GetTagItem(AttributeNames.Spills)}");
    }

    [Fact]
    public async Task Attempts_of_a_stage_have_a_limit_and_the_rest_is_counted()
    {
        const int Most = 100;
        const int Over = 7;
        using HeardSpans heard = new();
        using TracedJob job = new() { Partitions = Most + Over, Memory = 8 << 20 };

        JobReport report = await job.SortAsync(2000);

        heard.AssertAllEnded();
        string reduce = report.Stages[^1].Name;
        Assert.Equal(Most, heard.Of(SpanNames.Task).Count(task => StageOf(task) == reduce));
        Activity stage = heard.Of(SpanNames.Stage).Single(stage => StageOf(stage) == reduce);
        Assert.Equal(Over, Int(stage, AttributeNames.AttemptsLeftOut));
        Assert.Equal(Most + Over, Int(stage, AttributeNames.Tasks));
    }

    [Fact]
    public async Task Nothing_is_begun_when_nobody_listens_and_there_is_a_trace_id_all_the_same()
    {
        using TracedJob job = new();
        Activity? seen = null;

        JobReport report = await job.SortAsync(2000, _ =>
        {
            seen ??= Activity.Current;
            return true;
        });

        Assert.Null(seen);
        Assert.False(Telemetry.Source.HasListeners());
        Assert.Matches("^[0-9a-f]{32}$", report.TraceId);
        Assert.NotEqual(new string('0', 32), report.TraceId);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded)]
    [InlineData(ActivityTraceFlags.None)]
    public async Task The_parent_decides_whether_a_job_is_sampled(ActivityTraceFlags flags)
    {
        using HeardSpans heard = new();
        ActivityContext parent = new(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true);
        using TracedJob job = new() { Parent = parent };

        JobReport report = await job.SortAsync(2000);

        Assert.Equal(parent.TraceId.ToHexString(), report.TraceId);
        Assert.Equal(flags == ActivityTraceFlags.Recorded, heard.Ended.Count > 0);
        Assert.All(heard.Of(SpanNames.Job), span => Assert.Equal(parent.SpanId, span.ParentSpanId));
        Assert.All(heard.Ended, span => Assert.Equal(parent.TraceId, span.TraceId));
    }

    [Fact]
    public async Task What_an_operator_traces_itself_belongs_to_its_attempt()
    {
        using HeardSpans heard = new();
        using TracedJob job = new();
        List<Activity?> seen = [];

        await job.SortAsync(100, _ =>
        {
            lock (seen)
            {
                seen.Add(Activity.Current);
            }

            return true;
        });

        Assert.All(seen, span => Assert.Equal(SpanNames.Task, span?.OperationName));
        Assert.Null(Activity.Current);
    }

    private static void AssertParents(HeardSpans heard, string name, string parent)
    {
        Assert.True(heard.Of(name).Count > 0, $"There is no {name}.");
        Assert.All(heard.Of(name), span => Assert.Equal(parent, heard.ParentOf(span).OperationName));
    }

    private static DateTime EndOf(Activity span) => span.StartTimeUtc + span.Duration;

    private static string StageOf(Activity span) => (string)span.GetTagItem(AttributeNames.Stage)!;

    private static long Int(Activity span, string name) =>
        Convert.ToInt64(
            span.GetTagItem(name) ?? throw new ArgumentException($"{span.DisplayName} has no {name}."), provider: null);

    private static HashSet<string> Declared(Type names) =>
        [.. names.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(name => (string)name.GetRawConstantValue()!)];
}
