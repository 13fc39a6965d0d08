using System.Diagnostics;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Observability.Tests;

namespace Sluice.Cluster.Tests;

/// <summary>Traces that cross silos: one for each job, whatever becomes of the silos.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly Activity _caller =
        new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
    private readonly HeardSpans _heard;

    public TraceTests() => _heard = new HeardSpans(_caller.TraceId);

    public void Dispose()
    {
        _heard.Dispose();
        _caller.Dispose();
    }

    [Fact]
    public async Task A_job_on_two_silos_is_one_trace_from_its_order_to_its_commit()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        using Gate gate = new();
        ClusterJob job = Gated(hosts, gate);
        await hosts.Client.SubmitAsync(job);
        await SiloHosts.AwaitAsync(() => Task.FromResult(gate.Arrived == 2), "both silos map");
        gate.Open();

        JobView view = await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);
        JobReport report = SiloHosts.ReportOf(view);
        await AwaitJobsAsync();

        string trace = _caller.TraceId.ToHexString();
        Assert.Equal((trace, trace), (view.TraceId, report.TraceId));
        _heard.AssertAllEnded();
        Assert.Equal(_caller.SpanId, Assert.Single(_heard.Of(SpanNames.Job)).ParentSpanId);
        AssertBelow(SpanNames.Stage, SpanNames.Job);
        AssertBelow(SpanNames.Task, SpanNames.Stage);
        AssertBelow(SpanNames.Fetch, SpanNames.Task, SpanNames.Merge);
        AssertBelow(SpanNames.Commit, SpanNames.Job);
        Assert.Equal(
            ["silo-0", "silo-1"], _heard.Of(SpanNames.Task).Select(SiloOf).Distinct().Order(StringComparer.Ordinal));
        Assert.All(
            _heard.Of(SpanNames.Fetch).Where(fetch => _heard.ParentOf(fetch).OperationName == SpanNames.Task),
            fetch => Assert.Equal(
                SiloOf(_heard.ParentOf(fetch)) == "silo-0" ? "silo-1" : "silo-0",
                fetch.GetTagItem(AttributeNames.PeerSilo)));
        Activity[] readers = [.. _heard.Of(SpanNames.Task).Where(task => task.Links.Any())];
        Assert.Equal(report.Stages[^1].Tasks, readers.Length);
        Assert.All(readers, reader => Assert.Equal(report.Stages[^2].Tasks, reader.Links.Count()));
    }

    [Fact]
    public async Task A_lost_silo_and_its_attempts_are_seen()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(3, slots: 1);
        ClusterJob job = Slow(hosts, "out");
        string host = (await hosts.Client.SubmitAsync(job)).Host;
        await AwaitMapsAsync(hosts);
        int victim = host == "silo-2" ? 1 : 2;

        await hosts.AbortAsync(victim);
        SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));
        await AwaitJobsAsync();

        // The job's own grain may move when a silo dies: then both of its spans tell of it.
        Assert.NotEmpty(Lost());
        Assert.All(Lost(), span =>
        {
            Assert.Equal((ActivityStatusCode.Error, $"silo-{victim}"), (span.Status, SiloOf(span)));
            Assert.Contains($"silo-{victim}", span.StatusDescription, StringComparison.Ordinal);
            Assert.Equal("silo_lost", span.GetTagItem(AttributeNames.ErrorType));
        });
        Activity lost = Lost()[0];
        Assert.Contains(_heard.Of(SpanNames.Job).SelectMany(span => span.Events), told =>
            told.Name == EventNames.SiloLost && told.Tags.Single().Value is string silo && silo == $"silo-{victim}");
        Assert.Contains(_heard.Of(SpanNames.Task), again =>
            again.Status == ActivityStatusCode.Unset
            && SiloOf(again) != SiloOf(lost)
            && Same(again, lost, AttributeNames.StageNumber)
            && Same(again, lost, AttributeNames.Task)
            && (int)again.GetTagItem(AttributeNames.Attempt)! > (int)lost.GetTagItem(AttributeNames.Attempt)!);
    }

    [Fact]
    public async Task A_job_that_goes_on_on_another_silo_goes_on_in_its_trace()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(3, slots: 1);
        (ClusterJob job, int host) = await SubmitAwayFromPrimaryAsync(hosts);

        await hosts.AbortAsync(host);
        JobView view = await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);
        SiloHosts.ReportOf(view);
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(Resumed() is { Count: > 0 } spans && spans.All(span => span.IsStopped)),
            "its span ends");

        Assert.Equal(_caller.TraceId.ToHexString(), view.TraceId);
        Assert.All(
            _heard.Of(SpanNames.Job).Where(span => Equals(span.GetTagItem(AttributeNames.JobId), job.Id.ToString())),
            span => Assert.Equal(_caller.SpanId, span.ParentSpanId));
        Activity resumed = Resumed()[^1];
        Assert.NotEqual($"silo-{host}", SiloOf(resumed));
        Activity commit = Assert.Single(_heard.Of(SpanNames.Commit));
        Assert.Equal(resumed.SpanId, commit.ParentSpanId);
    }

    // Membership lives on the primary, so that one cannot be lost.
    private static async Task<(ClusterJob Job, int Host)> SubmitAwayFromPrimaryAsync(SiloHosts hosts)
    {
        for (int tries = 0; tries < 20; tries++)
        {
            ClusterJob job = Slow(hosts, $"out-{tries}");
            string host = (await hosts.Client.SubmitAsync(job)).Host;
            await AwaitMapsAsync(hosts);
            if (host != "silo-0")
            {
                return (job, host == "silo-1" ? 1 : 2);
            }

            await hosts.Client.CancelAsync(job.Id);
            await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline);
        }

        throw new InvalidOperationException("Every job was hosted by the primary.");
    }

    private static Task AwaitMapsAsync(SiloHosts hosts) => SiloHosts.AwaitAsync(
        () => Task.FromResult(hosts.Engines.All(engine => engine.View.Running == 1)), "every silo maps");

    private static ClusterJob Slow(SiloHosts hosts, string output)
    {
        string[] lines = [.. GatedCount.Pad([.. Enumerable.Range(0, 1500).Select(line => $"slow {line}")])];
        return hosts.Job("gated", output, [.. Enumerable.Range(0, 6).Select(i => hosts.Write($"in-{i}", lines))]);
    }

    private static ClusterJob Gated(SiloHosts hosts, Gate gate)
    {
        string[] inputs =
        [
            .. Enumerable.Range(0, 6).Select(i => hosts.Write(
                $"in-{i}",
                GatedCount.Pad([.. Enumerable.Range(0, 3000).Select(line => $"{line * (i + 1):D6}"), "gate"]))),
        ];
        return hosts.Job("gated", "out", inputs, ("gate", gate.Name)) with { Partitions = 4 };
    }

    private Task AwaitJobsAsync() => SiloHosts.AwaitAsync(
        () => Task.FromResult(_heard.Of(SpanNames.Job) is { Count: > 0 } jobs && jobs.All(job => job.IsStopped)),
        "the job's span ends",
        () => string.Join("; ",
            _heard.Of(SpanNames.Job)
                .Select(job => $"{SiloOf(job)} {job.IsStopped} {string.Join(',', job.TagObjects)}")));

    private IReadOnlyList<Activity> Lost() =>
        [.. _heard.Ended.Where(span => span.GetTagItem(AttributeNames.Lost) is true)];

    private IReadOnlyList<Activity> Resumed() =>
        [.. _heard.Of(SpanNames.Job).Where(span => span.GetTagItem(AttributeNames.Resumed) is true)];

    private void AssertBelow(string name, params string[] parents)
    {
        Assert.True(_heard.Of(name).Count > 0, $"There is no {name}.");
        Assert.All(_heard.Of(name), span => Assert.Contains(_heard.ParentOf(span).OperationName, parents));
    }

    private static bool Same(Activity left, Activity right, string tag) =>
        Equals(left.GetTagItem(tag), right.GetTagItem(tag));

    private static string SiloOf(Activity span) => (string)span.GetTagItem(AttributeNames.Silo)!;
}
