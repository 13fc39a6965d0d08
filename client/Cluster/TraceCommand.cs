using System.CommandLine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice trace JOB`: how a job went, as the silos remember it, without any backend.</summary>
internal sealed class TraceCommand : Verb
{
    private readonly Argument<string> _job = JobViews.NewArgument();

    private readonly Option<bool> _buffers = new("--buffers")
    {
        Description = "One life of a buffer, from silo to silo",
    };

    public TraceCommand(ConsoleHost host)
        : base(host, "trace", "Print a job's trace id and a timeline of its tasks, or the life of one of its buffers")
    {
        Add(_job);
        Add(_buffers);
        Add(new Option<string>($"--{SettingNames.TraceLink}")
        {
            Description = "Where a browser shows the trace, with {traceId} in it",
            HelpName = "URL",
        });
        ClusterFlags.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "sluice trace 0198a2f6c1d07a4f9d3f1c2b3a4d5e6f --cluster 127.0.0.1:30000",
        "sluice sort big.log --out sorted --trace-buffers all --cluster 127.0.0.1:30000",
        "sluice trace 0198a2f6c1d07a4f9d3f1c2b3a4d5e6f --buffers --cluster 127.0.0.1:30000",
    ];

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string text = call.Parse.GetValue(_job)!;
        if (call.Settings.Cluster.Value is null)
        {
            throw new SluiceException(ConsoleErrors.TraceWithoutCluster());
        }

        JobId id = JobViews.IdOf(text);
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        JobTimeline found = await cluster.Client.GetTraceAsync(id, cancellationToken);
        if (found.Status == JobStatus.Unknown)
        {
            throw new SluiceException(SluiceErrors.UnknownJobId(text));
        }

        JobTimeline job = found with { Link = TraceLink.Of(call.Settings, found.TraceId) };
        if (call.Parse.GetValue(_buffers))
        {
            FollowedBuffer life = FollowedBuffer.In(job) ?? throw new SluiceException(ConsoleErrors.NoLives(text));
            call.Printer.Print(job, json => json.JobTimeline, console => LifeView.Write(console, job, life));
        }
        else
        {
            call.Printer.Print(
                job, json => json.JobTimeline, console => TimelineView.Write(console, job, call.Terminal.Width));
            TellForgotten(call, job, await cluster.Client.GetAsync(id, cancellationToken));
        }

        return 0;
    }

    // What a silo remembers goes with its process; the report is the job's.
    private static void TellForgotten(VerbCall call, JobTimeline trace, JobView job)
    {
        if (job.Report is not string report)
        {
            return;
        }

        IEnumerable<string> worked = JobReport.FromJson(report).Stages.SelectMany(stage => stage.Silos)
            .Select(share => share.Silo);
        IEnumerable<string> remember = trace.Silos.Where(silo => silo.Attempts.Count > 0).Select(silo => silo.Silo);
        if (worked.Except(remember).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } gone)
        {
            call.Hint($"attempts on {string.Join(", ", gone)} are not shown: nobody remembers them any more");
        }
    }
}
