using System.CommandLine;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Reaches clusters of Orleans silos.</summary>
internal sealed class OrleansSupport : IClusterSupport
{
    public IEnumerable<Command> Verbs(ConsoleHost host) =>
    [
        new JobsCommand(host), new TraceCommand(host), new ClusterCommand(host), new SiloCommand(host),
        new DevCommand(host),
    ];

    public IJobRunner RunnerOf(VerbCall call, bool detachOnInterrupt) => new ClusterRunner(call, detachOnInterrupt);

    public async Task<int> CountSlotsAsync(VerbCall call, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        return (await cluster.Client.GetSilosAsync(cancellationToken)).Sum(silo => silo.Slots);
    }

    public async Task<BenchExchangeJson?> MeasureExchangeAsync(
        VerbCall call, int channels, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        SiloView[] silos =
            [.. (await cluster.Client.GetSilosAsync(cancellationToken)).Where(silo => silo.Slots > 0).Take(2)];
        if (silos is not [SiloView from, SiloView to])
        {
            return null;
        }

        // The first of both is warm-up: connections, code and the pool's pages.
        await MeasureCallsAsync();
        await cluster.Client.MeasureExchangeAsync(from.Silo, to.Silo, channels, duration / 2, cancellationToken);
        double before = await MeasureCallsAsync();
        ExchangeMeasure measure =
            await cluster.Client.MeasureExchangeAsync(from.Silo, to.Silo, channels, duration, cancellationToken);
        double bytesPerSecond = measure.Bytes / measure.Seconds;
        double orleans = (before + await MeasureCallsAsync()) / 2;
        return new BenchExchangeJson(
            from.Name,
            to.Name,
            channels,
            Math.Round(bytesPerSecond / 1e6, 1),
            Math.Round(orleans / 1e6, 1),
            Math.Round(bytesPerSecond / orleans, 2),
            measure.Pings,
            Math.Round(measure.PingP50, 2),
            Math.Round(measure.PingP99, 2),
            Math.Round(measure.PingMost, 2));

        Task<double> MeasureCallsAsync() => cluster.Client.MeasureCallsAsync(
            from.Silo, to.Silo, channels, duration / 4, cancellationToken);
    }

    public async Task SubmitAsync(
        VerbCall call, JobOrder order, JobRequest request, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        ClusterJob job = ClusterRunner.JobOf(call, request);
        JobView started = await ClusterRunner.StartAsync(call, job.Id, async () =>
        {
            await cluster.Client.SubmitAsync(job, cancellationToken);
            return await cluster.Client.GetAsync(job.Id, cancellationToken);
        });
        JobViews.PrintOne(call, started);
        call.Hint($"come back with: sluice jobs watch {job.Id} --cluster {call.Settings.Cluster.Text}");
    }

    public async Task ExplainAsync(VerbCall call, string job, CancellationToken cancellationToken)
    {
        JobId id = JobViews.IdOf(job);
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        JobView view = JobViews.Known(await cluster.Client.GetAsync(id, cancellationToken), job);
        if (view.IsOver)
        {
            WhyView.Print(call, ClusterRunner.ReportOf(view));
        }
        else
        {
            Bottleneck soFar = view.Bottleneck is string told ? Bottleneck.FromJson(told) : BottleneckFinder.Find([]);
            WhyView.Print(call, id.ToString(), view.Name, view.Status, view.Seconds, soFar);
        }
    }
}
