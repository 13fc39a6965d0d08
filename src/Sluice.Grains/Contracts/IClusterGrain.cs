
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

    /// <summary>Has a silo take no tasks any more.</summary>
    /// <returns>False when there is no such silo.</returns>
    [Alias("Drain")]
    Task<bool> DrainAsync(string silo);
}
