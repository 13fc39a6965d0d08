using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Buffers;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Observability.Tests;

namespace Sluice.Cluster.Tests;

/// <summary>A silo that stops while somebody holds buffers that nobody will give back.</summary>
public sealed class ShutdownLeakTests
{
    private const int LeakLine = 36;

    [Fact]
    public async Task It_names_who_holds_them_before_it_ends()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, 1, LogLines.Settings);
        LogLines log = LogLines.Of(hosts.Services[0]);
        using LocalBufferPool pool = hosts.Engines[0].Pool.CreateBufferPool("job 7 map 3", 0, 2);
        Assert.True(pool.TryRequest(out NetworkBuffer held));

        await hosts.StopAsync(0, leaked: 1);
        held.Release();

        LogLine told = Assert.Single(log.All, line => line.Id == LeakLine);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains("never given back to it: 1", told.Text, StringComparison.Ordinal);
        Assert.Contains("'job 7 map 3'", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lives_of_watched_buffers_that_a_job_has_not_given_back_end_as_leaks_with_it()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, 2, LogLines.Settings);
        LogLines log = LogLines.Of(hosts.Services[0]);
        SiloEngine engine = hosts.Engines[0];
        using HeardSpans spans = new(takesAll: true);
        using Gate gate = new();
        ClusterJob job = await hosts.HoldAsync(gate, hosts.Gated(gate) with { TraceBuffers = 1 });
        using LocalBufferPool pool = engine.Pool.CreateBufferPool(new BufferPoolOptions
        {
            Owner = "job 7 map 3",
            Minimum = 0,
            Maximum = 1,
            Lifecycle = engine.Jobs.Find(job.Id.Value)!.Tracing!.ForAttempt(),
        });
        Assert.True(pool.TryRequest(out NetworkBuffer held));
        gate.Open();
        JobReport report = SiloHosts.ReportOf(await hosts.Client.WatchAsync(job.Id).WaitAsync(SiloHosts.Deadline));

        await hosts.StopAsync(0, leaked: 1);
        held.Release();

        Activity leak = Assert.Single(
            spans.Ended,
            span => span.OperationName == BufferLifeNames.Span
                && span.TraceId.ToHexString() == report.TraceId && span.Status == ActivityStatusCode.Error);
        Assert.Contains("never released", leak.StatusDescription, StringComparison.Ordinal);
        Assert.Equal("job 7 map 3", leak.GetTagItem(BufferLifeNames.Owner));
        Assert.Single(log.All, line => line.Id == LeakLine);
    }

    [Fact]
    public async Task A_silo_to_which_all_has_come_back_reports_nothing()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(1, 1, LogLines.Settings);
        LogLines log = LogLines.Of(hosts.Services[0]);
        await hosts.SucceedAsync(hosts.Job("sort", "out", [hosts.Write("in", ["b", "a"])]));

        await hosts.StopAsync(0);

        Assert.DoesNotContain(log.All, line => line.Id == LeakLine);
    }
}
