using System.CommandLine;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice jobs retry JOB`: what failed or was cancelled is ordered once more, as a new job.</summary>
internal sealed class RetryVerb : Verb
{
    private readonly Argument<string> _job = JobViews.NewArgument();

    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Leave the new job running in the cluster",
    };

    public RetryVerb(ConsoleHost host)
        : base(host, "retry", "Run a job again that failed or was cancelled, as a new job with the same arguments")
    {
        Add(_job);
        Add(_detach);
        ClusterFlags.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string text = call.Parse.GetValue(_job)!;
        JobId old = JobViews.IdOf(text);
        JobId fresh = JobId.New();
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        JobView started = await ClusterRunner.StartAsync(
            call, fresh, () => cluster.Client.RetryAsync(old, fresh, cancellationToken));
        if (started.Id != fresh.Value)
        {
            throw new SluiceException(started.Status switch
            {
                JobStatus.Unknown => SluiceErrors.UnknownJobId(text),
                JobStatus.Failed or JobStatus.Cancelled => ConsoleErrors.OrderForgotten(text),
                _ => ConsoleErrors.NotFailed(text, started.Status),
            });
        }

        if (call.Parse.GetValue(_detach))
        {
            JobViews.PrintOne(call, started);
            return 0;
        }

        call.Hint($"job {fresh} runs what {old} was to do");
        JobReport report;
        await using (ProgressView view = ProgressView.Open(call.Terminal, call.Style))
        {
            report = await ClusterRunner.WatchAsync(
                call, cluster, fresh, false, new JobProgressAdapter(started.Name, view), cancellationToken);
        }

        JobReportView.Print(call.Printer, report);
        return 0;
    }
}
