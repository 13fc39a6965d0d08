using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>A job to run in a cluster.</summary>
public sealed record ClusterJob
{
    /// <summary>Its id; a job that is submitted again under its id is not started again.</summary>
    public JobId Id { get; init; } = JobId.New();

    /// <summary>The name under which the silos know its class.</summary>
    public required string Job { get; init; }

    /// <summary>What it is started with; paths must mean the same on every silo.</summary>
    public required JobArguments Arguments { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Partitions of each shuffle; null finds a number that fits the input.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether an existing output is replaced, at the moment the new one is complete.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Bytes of each silo's pool that the job may use at the most; 0 leaves that to the silos.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Name of the codec for spilled blocks; null stores them as they are.</summary>
    public string? Codec { get; init; }

    /// <summary>
    /// Watches the life of one buffer in so many; 1 watches all, 0 none. Null watches one in 1024 on silos whose spans
    /// somebody listens to.
    /// </summary>
    public int? TraceBuffers { get; init; }
}

/// <summary>Runs jobs in a cluster and asks how it stands.</summary>
/// <remarks>Threading: any thread. While nobody answers a call is made again, for a minute; then it fails with a
/// <see cref="SluiceException"/> of <see cref="ErrorKind.Unreachable"/>.</remarks>
public interface ISluiceClient
{
    /// <summary>Starts a job; it goes on without its client.</summary>
    Task<JobView> SubmitAsync(ClusterJob job, CancellationToken cancellationToken = default);

    /// <summary>Waits for a job's end and tells how far it is; goes on through another gateway when one dies.</summary>
    /// <exception cref="SluiceException">The cluster does not know the job.</exception>
    Task<JobView> WatchAsync(
        JobId job, IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>How a job stands.</summary>
    Task<JobView> GetAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>How a job went: its attempts, and the lives of buffers that were watched.</summary>
    /// <returns>What the silos that answer remember of their last jobs; a job that nobody knows is `unknown`.</returns>
    Task<JobTimeline> GetTraceAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>Cancels a job; nothing happens when it has ended.</summary>
    Task<JobView> CancelAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>Orders a job that failed or was cancelled once more, as a new job.</summary>
    /// <returns>The new job; the old one when it has not failed, or when what it was ordered with is not
    /// remembered.</returns>
    Task<JobView> RetryAsync(JobId job, JobId fresh, CancellationToken cancellationToken = default);

    /// <summary>All that is known of a job.</summary>
    Task<JobExport> ExportAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>What a job would do; runs nothing.</summary>
    /// <exception cref="SluiceException">It cannot run like this.</exception>
    Task<PlanReport> ExplainAsync(ClusterJob job, CancellationToken cancellationToken = default);

    /// <summary>Running jobs and those of the history, newest first.</summary>
    Task<IReadOnlyList<JobView>> ListAsync(int most, CancellationToken cancellationToken = default);

    /// <summary>Measures the exchange from one silo to another, as <see cref="IExchangeProbe"/> says.</summary>
    /// <param name="producer">Address of the silo that serves.</param>
    /// <param name="consumer">Address of the silo that fetches.</param>
    /// <param name="channels">Channels at once.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ExchangeMeasure> MeasureExchangeAsync(
        string producer,
        string consumer,
        int channels,
        TimeSpan duration,
        CancellationToken cancellationToken = default);

    /// <summary>Measures plain calls of Orleans from one silo to another, as <see cref="IExchangeProbe"/>
    /// says.</summary>
    /// <param name="producer">Address of the silo that answers.</param>
    /// <param name="consumer">Address of the silo that calls.</param>
    /// <param name="calls">Calls at once.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Bytes a second.</returns>
    Task<double> MeasureCallsAsync(
        string producer,
        string consumer,
        int calls,
        TimeSpan duration,
        CancellationToken cancellationToken = default);

    /// <summary>All silos that answer.</summary>
    Task<IReadOnlyList<SiloView>> GetSilosAsync(CancellationToken cancellationToken = default);

    /// <summary>Has a silo take no tasks any more.</summary>
    /// <returns>False when there is no such silo.</returns>
    Task<bool> DrainAsync(string silo, CancellationToken cancellationToken = default);
}
