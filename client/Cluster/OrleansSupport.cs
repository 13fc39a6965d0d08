using System.CommandLine;
using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Reaches clusters of Orleans silos.</summary>
internal sealed class OrleansSupport : IClusterSupport
{
    public IEnumerable<Command> Verbs(ConsoleHost host) =>
        [new RunCommand(host), new JobsCommand(host), new ClusterCommand(host), new SiloCommand(host), new DevCommand(host)];

    public IJobRunner RunnerOf(VerbCall call, bool detachOnInterrupt) => new ClusterRunner(call, detachOnInterrupt);

    public async Task SubmitAsync(VerbCall call, JobOrder order, JobRequest request, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call.Settings, cancellationToken);
        ClusterJob job = ClusterRunner.JobOf(call, request);
        await cluster.Client.SubmitAsync(job, cancellationToken);
        JobViews.PrintOne(call, await cluster.Client.GetAsync(job.Id, cancellationToken));
        call.Hint($"come back with: sluice jobs watch {job.Id} --cluster {call.Settings.Cluster.Text}");
    }

    public async Task ExplainAsync(VerbCall call, string job, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(job, out Guid id))
        {
            throw new SluiceException(SluiceErrors.UnknownJobId(job));
        }

        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call.Settings, cancellationToken);
        JobView view = await cluster.Client.GetAsync(new JobId(id), cancellationToken);
        if (view.Status == JobStatus.Unknown)
        {
            throw new SluiceException(SluiceErrors.UnknownJobId(job));
        }

        if (view.IsOver)
        {
            WhyView.Print(call, ClusterRunner.ReportOf(view));
        }
        else
        {
            Bottleneck soFar = view.Bottleneck is string told ? Bottleneck.FromJson(told) : BottleneckFinder.Find([]);
            WhyView.Print(call, id.ToString("N"), view.Name, view.Status, view.Seconds, soFar);
        }
    }
}
