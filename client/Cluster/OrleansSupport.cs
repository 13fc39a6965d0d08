using System.CommandLine;
using Sluice.Engine;
using Sluice.Grains;

namespace Sluice.Client;

/// <summary>Reaches clusters of Orleans silos.</summary>
internal sealed class OrleansSupport : IClusterSupport
{
    public IEnumerable<Command> Verbs(ConsoleHost host) =>
        [new RunCommand(host), new JobsCommand(host), new TraceCommand(host), new ClusterCommand(host), new SiloCommand(host), new DevCommand(host)];

    public IJobRunner RunnerOf(VerbCall call, bool detachOnInterrupt) => new ClusterRunner(call, detachOnInterrupt);

    public async Task SubmitAsync(VerbCall call, JobOrder order, JobRequest request, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call.Settings, cancellationToken);
        ClusterJob job = ClusterRunner.JobOf(call, request);
        await cluster.Client.SubmitAsync(job, cancellationToken);
        JobViews.PrintOne(call, await cluster.Client.GetAsync(job.Id, cancellationToken));
        call.Hint($"come back with: sluice jobs watch {job.Id} --cluster {call.Settings.Cluster.Text}");
    }
}
