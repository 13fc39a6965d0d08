using System.Diagnostics;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Observability.Tests;

namespace Sluice.Cluster.Tests;

/// <summary>
/// Lives of buffers over two silos with real sockets between them: what is received is linked to what was sent.
/// </summary>
public sealed class HostedLivesTests(TwoSilos cluster) : IClassFixture<TwoSilos>, IAsyncLifetime
{
    private SiloHosts Hosts => cluster.Hosts;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Hosts.AssertNothingLeftAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_life_can_be_followed_from_silo_to_silo_from_memory_and_from_files(bool spills)
    {
        ClusterJob job = Sort($"lives-{spills}", lines: spills ? 26_000 : 200) with { TraceBuffers = 1 };

        JobReport report = await Hosts.SucceedAsync(job);
        await Hosts.AssertNothingLeftAsync();
        JobTimeline trace = await Hosts.Client.GetTraceAsync(job.Id);

        Assert.Equal(spills, report.Bytes.Spilled > 0);
        Assert.Equal((report.TraceId, JobStatus.Succeeded), (trace.TraceId, trace.Status));
        Assert.Equal(["silo-0", "silo-1"], trace.Silos.Select(silo => silo.Silo));
        Assert.Equal(report.Stages.Sum(stage => stage.Attempts), trace.Silos.Sum(silo => silo.Attempts.Count));
        Assert.All(trace.Silos.SelectMany(silo => silo.Attempts), attempt => Assert.Null(attempt.Error));
        List<BufferTrace> lives = [.. trace.Silos.SelectMany(silo => silo.Lives)];
        Assert.All(lives, life => Assert.Null(life.Error));
        List<(BufferTrace From, BufferTrace To)> crossings =
        [
            .. from to in lives
               from link in to.Links
               from @from in lives
               where @from.SpanId == link
               select (@from, to),
        ];
        Assert.NotEmpty(crossings);
        Assert.Equal(spills, crossings.Any(crossing => crossing.From.Owner == "serving fetches"));
        Assert.All(crossings, crossing =>
        {
            Assert.NotEqual(crossing.From.Silo, crossing.To.Silo);
            Assert.Contains(crossing.From.Steps, step => step.Kind == "sent" && step.Peer == crossing.To.Silo);
            Assert.Contains(crossing.To.Steps, step => step.Kind == "received" && step.Peer == crossing.From.Silo);
        });
        Assert.Contains(crossings, crossing => crossing.To.Steps.Any(step => step.Kind == "read"));
    }

    [Fact]
    public async Task The_spans_of_lives_belong_to_the_trace_of_the_job_on_every_silo_and_all_of_them_end()
    {
        using HeardSpans spans = new(takesAll: true);

        ClusterJob job = Sort("spans") with { TraceBuffers = 1 };
        JobReport report = await Hosts.SucceedAsync(job);
        await Hosts.AssertNothingLeftAsync();

        List<Activity> lives = LivesOf(report.TraceId, spans.Ended);
        Assert.Equal(LivesOf(report.TraceId, spans.Of(BufferLifeNames.Span)).Count, lives.Count);
        Assert.Equal(["silo-0", "silo-1"], lives.Select(Silo).Distinct().Order());
        Assert.All(lives, life => Assert.NotEqual(default, life.ParentSpanId));
        Assert.All(lives, life => Assert.Equal(ActivityStatusCode.Unset, life.Status));
        List<Activity> linked = [.. lives.Where(life => life.Links.Any())];
        Assert.NotEmpty(linked);
        Assert.All(linked, life => Assert.All(life.Links, link =>
        {
            Activity sender = Assert.Single(lives, other => other.SpanId == link.Context.SpanId);
            Assert.Equal(report.TraceId, link.Context.TraceId.ToHexString());
            Assert.NotEqual(Silo(sender), Silo(life));
        }));
    }

    [Fact]
    public async Task A_job_with_tracing_off_or_unasked_has_attempts_and_no_lives()
    {
        ClusterJob off = Sort("off") with { TraceBuffers = 0 };

        await Hosts.SucceedAsync(off);
        JobTimeline trace = await Hosts.Client.GetTraceAsync(off.Id);

        Assert.NotEmpty(trace.Silos.SelectMany(silo => silo.Attempts));
        Assert.Empty(trace.Silos.SelectMany(silo => silo.Lives));
    }

    [Fact]
    public async Task A_job_that_nobody_knows_is_unknown()
    {
        JobTimeline trace = await Hosts.Client.GetTraceAsync(JobId.New());

        Assert.Equal(JobStatus.Unknown, trace.Status);
        Assert.Empty(trace.Silos);
    }

    private ClusterJob Sort(string name, int lines = 26_000) => Hosts.Job("sort", name, [Hosts.Write(
        $"in-{name}", Enumerable.Range(0, lines).Select(i => $"{i * 7919 % lines:D5} line".PadRight(700, '.')))]) with
    {
        Partitions = 4,
    };

    private static string Silo(Activity life) => (string)life.GetTagItem(BufferLifeNames.Silo)!;

    // Those of other tests' jobs are told apart by their traces.
    private static List<Activity> LivesOf(string trace, IEnumerable<Activity> spans) =>
        [.. spans.Where(span => span.OperationName == BufferLifeNames.Span && span.TraceId.ToHexString() == trace)];
}

/// <summary>Two silos for the tests of one class.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    internal SiloHosts Hosts { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hosts = await SiloHosts.StartAsync(2);

    public ValueTask DisposeAsync() => Hosts.DisposeAsync();
}
