using Sluice.Engine;
using Sluice.Grains;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Client;

/// <summary>Runs jobs on the silos of a cluster; what they print is what they print in this process.</summary>
internal sealed class ClusterRunner(VerbCall call, bool detachOnInterrupt) : IJobRunner
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(15);

    /// <summary>Submits a job and waits for its end; a first Ctrl-C cancels it, or leaves it running.</summary>
    /// <exception cref="SluiceException">It failed.</exception>
    public async Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        ClusterJob job = JobOf(call, request);
        try
        {
            await cluster.Client.SubmitAsync(job, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It may run all the same; below it is cancelled or left running.
        }

        return await WatchAsync(call, cluster, job.Id, detachOnInterrupt, progress, cancellationToken);
    }

    /// <summary>
    /// Waits for the end of a job that was submitted here; a first Ctrl-C cancels it, or leaves it running.
    /// </summary>
    /// <exception cref="SluiceException">It failed.</exception>
    public static async Task<JobReport> WatchAsync(
        VerbCall call,
        ClusterConnection cluster,
        JobId job,
        bool detachOnInterrupt,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        try
        {
            return ReportOf(await cluster.Client.WatchAsync(job, progress, cancellationToken));
        }
        catch (OperationCanceledException) when (detachOnInterrupt)
        {
            throw LeaveRunning(call, job);
        }
        catch (OperationCanceledException)
        {
            JobView last = await CancelAsync(call, cluster, job);
            if (last.Status == JobStatus.Cancelled)
            {
                throw;
            }

            // It had ended before it was cancelled: so it is told.
            return ReportOf(last);
        }
    }

    private static async Task<JobView> CancelAsync(VerbCall call, ClusterConnection cluster, JobId job)
    {
        using CancellationTokenSource patience = new(CancelPatience);
        try
        {
            await cluster.Client.CancelAsync(job, patience.Token);
            return await cluster.Client.WatchAsync(job, null, patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw LeaveUnsettled(call, job, "was not seen to end; what became of it");
        }
    }

    /// <summary>Tells how to come back to a job that is watched no longer; what is returned is to be thrown.</summary>
    public static WatchEndedException LeaveRunning(VerbCall call, JobId job)
    {
        call.Hint($"job {job} goes on; come back with: sluice jobs watch {job} --cluster {call.Settings.Cluster.Text}");
        return new WatchEndedException();
    }

    /// <summary>
    /// Tells how to find out about a job of which nobody knows here how it stands; what is returned is to be thrown.
    /// </summary>
    /// <param name="call">The verb's.</param>
    /// <param name="job">The job.</param>
    /// <param name="standing">What is known of it, and what the next words tell.</param>
    public static WatchEndedException LeaveUnsettled(VerbCall call, JobId job, string standing)
    {
        call.Hint($"job {job} {standing}: sluice jobs show {job} --cluster {call.Settings.Cluster.Text}");
        return new WatchEndedException();
    }

    /// <summary>Has a call start a job; interrupted meanwhile, the job may run or not.</summary>
    /// <param name="call">The verb's.</param>
    /// <param name="job">The job.</param>
    /// <param name="start">Starts it.</param>
    /// <exception cref="WatchEndedException">It was interrupted.</exception>
    public static async Task<T> StartAsync<T>(VerbCall call, JobId job, Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (OperationCanceledException)
        {
            throw LeaveUnsettled(call, job, "may have been started; whether it was");
        }
    }

    public async Task<PlanReport> ExplainAsync(
        EngineOptions options, JobRequest request, CancellationToken cancellationToken)
    {
        await using ClusterConnection cluster = await ClusterConnection.OpenAsync(call, cancellationToken);
        return await cluster.Client.ExplainAsync(JobOf(call, request), cancellationToken);
    }

    /// <summary>The job as a cluster takes it.</summary>
    public static ClusterJob JobOf(VerbCall call, JobRequest request) => new()
    {
        Job = request.Job is DeployedJob deployed ? deployed.Name : new JobCatalog().NameOf(request.Job),
        Arguments = request.Arguments,
        Name = request.Name,
        Partitions = call.Settings.PartitionCount,
        Overwrite = request.Overwrite,
        MemoryBytes = call.Settings.Memory.Origin == "default" ? 0 : call.Settings.Memory.Value,
        TraceBuffers = call.Settings.TraceBuffersAsked,
        Codec = call.Settings.Compress.Value == Compression.Brotli ? BlockCodecs.Brotli.Name : null,
    };

    /// <summary>The report of a job that is over.</summary>
    /// <exception cref="SluiceException">It failed or was cancelled.</exception>
    public static JobReport ReportOf(JobView view) => view switch
    {
        { Report: string json } => JobReport.FromJson(json),
        { Failure: WireFailure failure } => throw new SluiceException(
            failure.ToError(), new AggregateException(failure.Detail)),
        _ => throw new SluiceException(SluiceErrors.Cancelled(view.Name)),
    };
}
