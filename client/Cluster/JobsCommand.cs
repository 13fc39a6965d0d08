using System.CommandLine;
using System.Globalization;
using Sluice.Grains;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice jobs ...`: what runs and ran in a cluster.</summary>
internal sealed class JobsCommand : Command
{
    public JobsCommand(ConsoleHost host)
        : base("jobs", "List, watch, cancel and retry jobs of a cluster")
    {
        Add(new JobsListCommand(host));
        Add(new JobVerb(host, "show", "Print a job's report, or why it failed", ShowAsync));
        Add(new JobVerb(host, "watch", "Show a job's progress until it ends, then its report", WatchAsync));
        Add(new JobVerb(host, "wait", "Wait for a job's end; --timeout ends the waiting with 6", WatchAsync));
        Add(new JobVerb(host, "cancel", "Cancel a job; nothing of it is left behind", CancelAsync));
        Add(new RetryVerb(host));
        Add(new ExportVerb(host));
    }

    private static async Task<int> ShowAsync(
        VerbCall call, ISluiceClient client, JobId id, CancellationToken cancellationToken)
    {
        JobView job = JobViews.Known(await client.GetAsync(id, cancellationToken), id.ToString());
        if (job.Report is string report)
        {
            JobReportView.Print(call.Printer, JobReport.FromJson(report));
            return 0;
        }

        JobViews.PrintOne(call, job);
        if (job.Bottleneck is string soFar)
        {
            call.Hint($"so far: {Bottleneck.FromJson(soFar).Sentence}");
        }

        if (job.Failure is WireFailure failure)
        {
            ErrorWriter.Write(call.Terminal.Error, failure.ToError(), false, null);
        }

        return 0;
    }

    private static async Task<int> WatchAsync(
        VerbCall call, ISluiceClient client, JobId id, CancellationToken cancellationToken)
    {
        JobView job = JobViews.Known(await client.GetAsync(id, cancellationToken), id.ToString());
        await using (ProgressView view = ProgressView.Open(call.Terminal, call.Style))
        {
            job = await client.WatchAsync(id, new JobProgressAdapter(job.Name, view), cancellationToken);
        }

        JobReportView.Print(call.Printer, ClusterRunner.ReportOf(job));
        return 0;
    }

    private static async Task<int> CancelAsync(
        VerbCall call, ISluiceClient client, JobId id, CancellationToken cancellationToken)
    {
        JobViews.Known(await client.CancelAsync(id, cancellationToken), id.ToString());
        JobView ended = await client.WatchAsync(id, null, cancellationToken);
        JobViews.PrintOne(call, ended);
        return ended.Status == JobStatus.Cancelled
            ? 0
            : throw new SluiceException(ConsoleErrors.JobOver(id.ToString(), ended.Status));
    }
}

/// <summary>`sluice jobs ls`.</summary>
internal sealed class JobsListCommand : Verb
{
    private const int Most = 50;

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "The newest so many",
        DefaultValueFactory = _ => Most,
        HelpName = "N",
    };

    public JobsListCommand(ConsoleHost host)
        : base(host, "ls", "List jobs, newest first")
    {
        Add(_limit);
        ClusterFlags.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        int limit = call.Parse.GetValue(_limit);
        if (limit < 1)
        {
            throw new SluiceException(ConsoleErrors.BadValue(
                limit.ToString(CultureInfo.InvariantCulture), "a number from 1 on", _limit.Name, "10"));
        }

        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        JobViews.Print(call, await cluster.Client.ListAsync(limit, cancellationToken));
        return 0;
    }
}

/// <summary>A verb about one job.</summary>
internal sealed class JobVerb : Verb
{
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    // A timer takes no more milliseconds than 32 bits count.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Func<VerbCall, ISluiceClient, JobId, CancellationToken, Task<int>> _run;
    private readonly Argument<string> _job = JobViews.NewArgument();

    private readonly Option<string?> _timeout = new("--timeout")
    {
        Description = "Give up waiting after this time; the job goes on",
        HelpName = "TIME",
    };

    public JobVerb(
        ConsoleHost host,
        string name,
        string description,
        Func<VerbCall, ISluiceClient, JobId, CancellationToken, Task<int>> run)
        : base(host, name, description)
    {
        _run = run;
        Add(_job);
        if (name is "wait" or "watch")
        {
            Add(_timeout);
        }

        ClusterFlags.AddTo(this);
    }

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        string text = call.Parse.GetValue(_job)!;
        JobId id = JobViews.IdOf(text);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (Options.Contains(_timeout) && call.Parse.GetValue(_timeout) is string limit)
        {
            TimeSpan time = Duration.Parse(limit) ??
                throw new SluiceException(ConsoleErrors.BadValue(limit, "a time", _timeout.Name, "30s"));
            patience.CancelAfter(time < LongestTimer ? time : LongestTimer);
        }

        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        try
        {
            return await _run(call, cluster.Client, id, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await LookOnceAsync(call, cluster.Client, id, cancellationToken);
        }
        catch (OperationCanceledException) when (Options.Contains(_timeout))
        {
            // It was only looked at.
            throw ClusterRunner.LeaveRunning(call, id);
        }
    }

    // When the time is up the job may have ended meanwhile, or there may be none.
    private async Task<int> LookOnceAsync(
        VerbCall call, ISluiceClient client, JobId id, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastLook);
        try
        {
            JobView last = JobViews.Known(await client.GetAsync(id, patience.Token), id.ToString());
            if (last.IsOver)
            {
                return await _run(call, client, id, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody answers; the time is up all the same.
        }

        throw new SluiceException(ConsoleErrors.WaitedLong(id.ToString(), call.Settings.Cluster.Text));
    }
}

/// <summary>How the verbs for clusters are told which one.</summary>
internal static class ClusterFlags
{
    public static void AddTo(Command command)
    {
        command.Add(new Option<string>($"--{SettingNames.Cluster}")
        {
            Description = "The cluster's gateways",
            HelpName = "HOST:PORT",
        });
        command.Add(new Option<string>($"--{SettingNames.ClusterId}")
        {
            Description = "What it is called [default: sluice]",
            HelpName = "NAME",
        });
    }
}
