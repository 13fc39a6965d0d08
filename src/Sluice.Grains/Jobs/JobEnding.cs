using Microsoft.Extensions.Logging;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Brings a job to rest: tells how it ended, has that remembered, and leaves nothing of it.</summary>
/// <remarks>Called once, in turns of the job's grain, which may interleave where this awaits.</remarks>
internal sealed class JobEnding(JobId id, JobStanding standing, JobCrew crew, JobMemory memory, ILogger log)
{
    /// <summary>Its output is in place, so it is told before the silos have cleaned up.</summary>
    /// <param name="run">The coordinator's.</param>
    /// <param name="report">As JSON.</param>
    public async Task SucceedAsync(ClusterRun run, string report)
    {
        standing.Tell(JobStatus.Succeeded, report: report);
        await memory.WriteAsync(standing.Record(run.Host));
        await CleanUpAsync(run);
        log.JobEnded(id, JobStatus.Succeeded);
    }

    /// <summary>It is told when all is as it was before the job.</summary>
    /// <param name="run">The coordinator's; null when there never was one.</param>
    /// <param name="status">`failed` or `cancelled`.</param>
    /// <param name="failure">Why.</param>
    public async Task StopAsync(ClusterRun? run, string status, WireFailure failure)
    {
        if (status == JobStatus.Failed)
        {
            log.JobFailed(id, failure.Code, failure.Where);
        }

        await CleanUpAsync(run);
        standing.Tell(status, failure: failure);
        await memory.WriteAsync(standing.Record(run?.Host));
        log.JobEnded(id, status);
    }

    // First the silos, then the staging directory: whoever still writes there has stopped by then.
    private async Task CleanUpAsync(ClusterRun? run)
    {
        run?.Close();
        if (standing.Job is PlannedJob job)
        {
            await crew.GiveUpAsync(job.Epoch);
        }

        try
        {
            await Task.Run(() => run?.Host.Dispose());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.OutputLeft(exception, id);
        }
    }
}
