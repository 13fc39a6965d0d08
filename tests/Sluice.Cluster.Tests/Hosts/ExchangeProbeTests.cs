using Sluice.Grains;

namespace Sluice.Cluster.Tests;

/// <summary>The measure of the exchange moves real blocks over real sockets, and gives all of them back.</summary>
public sealed class ExchangeProbeTests
{
    [Fact]
    public async Task Blocks_go_from_one_silo_to_another_while_grains_answer_and_nothing_is_left()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2);
        (SiloEngine from, SiloEngine to) = (hosts.Engines[0], hosts.Engines[1]);

        ExchangeMeasure measure = await hosts.Client
            .MeasureExchangeAsync(from.Silo, to.Silo, channels: 3, TimeSpan.FromSeconds(0.5)).WaitAsync(
                SiloHosts.Deadline);

        Assert.True(
            measure.Bytes > 0 && measure.Pings > 0
            && measure.PingP50 <= measure.PingP99 && measure.PingP99 <= measure.PingMost);
        Assert.True(from.View.SentBytes >= measure.Bytes, $"{from.View.SentBytes} sent, {measure.Bytes} read");
        Assert.InRange(to.View.ReceivedBytes, measure.Bytes, from.View.SentBytes);
        Assert.Equal(0, to.View.SentBytes);
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Plain_calls_are_measured_beside_it_and_are_not_counted_as_exchanged()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2);
        (SiloEngine from, SiloEngine to) = (hosts.Engines[0], hosts.Engines[1]);

        double bytesPerSecond = await hosts.Client
            .MeasureCallsAsync(from.Silo, to.Silo, calls: 2, TimeSpan.FromSeconds(0.2)).WaitAsync(SiloHosts.Deadline);

        Assert.True(bytesPerSecond > 0);
        Assert.Equal((0, 0), (from.View.SentBytes, to.View.ReceivedBytes));
        await hosts.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_job_runs_on_a_silo_that_is_measured()
    {
        await using SiloHosts hosts = await SiloHosts.StartAsync(2, slots: 1);
        (SiloEngine from, SiloEngine to) = (hosts.Engines[0], hosts.Engines[1]);
        Assert.True(await hosts.Client.DrainAsync(from.Name));
        Task<ExchangeMeasure> measure =
            hosts.Client.MeasureExchangeAsync(from.Silo, to.Silo, channels: 3, TimeSpan.FromSeconds(5));
        await SiloHosts.AwaitAsync(
            () => Task.FromResult(
                to.Pool.Holders().Any(holder => holder.Owner.StartsWith("probe", StringComparison.Ordinal))),
            "it is measured");

        JobView job = await hosts.RunAsync(hosts.Job("sort", "out", [hosts.Write("in", ["b", "a"])]));
        await measure.WaitAsync(SiloHosts.Deadline);

        SiloHosts.ReportOf(job);
        Assert.Equal(["a", "b"], hosts.Output("out"));
        await hosts.AssertNothingLeftAsync();
    }
}
