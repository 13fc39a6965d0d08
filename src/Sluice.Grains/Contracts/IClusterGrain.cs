
namespace Sluice.Grains;

/// <summary>What consoles ask of a cluster. There is one for each silo; the key is 0.</summary>
[Alias("sluice.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>All silos that answer.</summary>
    [Alias("Silos")]
    Task<SiloView[]> GetSilosAsync();

    /// <summary>Running jobs and those of the history, newest first.</summary>
    [Alias("Jobs")]
    Task<JobView[]> GetJobsAsync(int most);

    /// <summary>One job, also one that ended long ago.</summary>
    [Alias("Job")]
    Task<JobView> GetJobAsync(Guid job);

    /// <summary>How one job went, as far as the silos that answer remember.</summary>
    /// <returns>A <see cref="Jobs.JobTimeline"/>.</returns>
    [Alias("Trace")]
    Task<WireDocument> GetTraceAsync(Guid job);

    /// <summary>All that is known of a job.</summary>
    [Alias("Export")]
    Task<JobExport> ExportAsync(Guid job);

    /// <summary>Plans a job and runs nothing.</summary>
    /// <param name="order">A job order.</param>
    [Alias("Explain"), ResponseTimeout("00:10:00")]
    Task<ExplainReply> ExplainAsync(WireDocument order);

    /// <summary>Orders a job that failed or was cancelled once more.</summary>
    /// <param name="job">The job.</param>
    /// <param name="fresh">The id of the new one; asked twice with the same, one is started.</param>
    /// <returns>The new job; the old one when it has not failed, or when its order is not remembered.</returns>
    [Alias("Retry")]
    Task<JobView> RetryAsync(Guid job, Guid fresh);

    /// <summary>Has a silo take no tasks any more.</summary>
    /// <returns>False when there is no such silo.</returns>
    [Alias("Drain")]
    Task<bool> DrainAsync(string silo);
}
