using System.Diagnostics;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>The client over Orleans's.</summary>
/// <param name="cluster">Orleans's.</param>
/// <param name="patience">How long a call is made again, and an unknown job waited for.</param>
internal sealed class SluiceClient(IClusterClient cluster, TimeSpan patience) : ISluiceClient
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(60);

    public SluiceClient(IClusterClient cluster)
        : this(cluster, LongestPatience)
    {
    }

    private IClusterGrain Cluster => cluster.GetGrain<IClusterGrain>(0);

    public async Task<JobView> SubmitAsync(ClusterJob job, CancellationToken cancellationToken = default)
    {
        WireDocument document = OrderOf(job);
        JobPlacement.KeepOffDraining(await GetSilosAsync(cancellationToken));
        return await PatientlyAsync(
            () => cluster.GetGrain<IJobGrain>(job.Id.Value).StartAsync(document), cancellationToken);
    }

    public async Task<PlanReport> ExplainAsync(ClusterJob job, CancellationToken cancellationToken = default)
    {
        WireDocument document = OrderOf(job);
        ExplainReply reply = await PatientlyAsync(() => Cluster.ExplainAsync(document), cancellationToken);
        return reply.Failure is WireFailure failure
            ? throw new SluiceException(failure.ToError(), new AggregateException(failure.Detail))
            : PlanReport.FromJson(reply.Plan!);
    }

    public Task<JobView> RetryAsync(JobId job, JobId fresh, CancellationToken cancellationToken = default) =>
        PatientlyAsync(() => Cluster.RetryAsync(job.Value, fresh.Value), cancellationToken);

    public Task<JobExport> ExportAsync(JobId job, CancellationToken cancellationToken = default) =>
        PatientlyAsync(() => Cluster.ExportAsync(job.Value), cancellationToken);

    public async Task<JobView> WatchAsync(
        JobId job, IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        long unknownSince = 0;
        while (true)
        {
            JobView view = await PatientlyAsync(() => Cluster.GetJobAsync(job.Value), cancellationToken);
            if (view.IsOver)
            {
                return view;
            }

            // A job whose host has just died is unknown until a silo's heartbeat has brought it back.
            unknownSince = view.Status != JobStatus.Unknown
                ? 0
                : unknownSince == 0 ? Stopwatch.GetTimestamp() : unknownSince;
            if (unknownSince != 0 && Stopwatch.GetElapsedTime(unknownSince) > patience)
            {
                throw new SluiceException(SluiceErrors.UnknownJobId(job.ToString()));
            }

            if (view.Progress is JobProgressView now)
            {
                progress?.Report(new JobProgress(
                    now.Stage,
                    now.TasksDone,
                    now.TasksTotal,
                    now.BytesDone,
                    now.BytesTotal,
                    now.SpilledBytes,
                    now.Elapsed)
                {
                    Paused = now.Paused,
                });
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    public async Task<ExchangeMeasure> MeasureExchangeAsync(
        string producer,
        string consumer,
        int channels,
        TimeSpan duration,
        CancellationToken cancellationToken = default)
    {
        string key = ProbeOn(producer);
        IExchangeProbe makes = cluster.GetGrain<IExchangeProbe>(key);
        IExchangeProbe reads = cluster.GetGrain<IExchangeProbe>(ProbeOn(consumer));
        return await AnsweredAsync(async () =>
        {
            await makes.ProduceAsync(channels).WaitAsync(cancellationToken);
            try
            {
                return await reads.ConsumeAsync(key, channels, duration).WaitAsync(cancellationToken);
            }
            finally
            {
                await makes.EndAsync();
            }
        });
    }

    public Task<double> MeasureCallsAsync(
        string producer,
        string consumer,
        int calls,
        TimeSpan duration,
        CancellationToken cancellationToken = default) => AnsweredAsync(
            () => cluster.GetGrain<IExchangeProbe>(ProbeOn(consumer))
                .CallAsync(ProbeOn(producer), calls, duration)
                .WaitAsync(cancellationToken));

    public async Task<JobView> GetAsync(JobId job, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Without a history only silos know of a job whose host has just died, until one's heartbeat brings it
            // back.
            JobView view = await PatientlyAsync(() => Cluster.GetJobAsync(job.Value), cancellationToken);
            if (view.Status != JobStatus.Unknown
                || Stopwatch.GetElapsedTime(start) > patience
                || !(await GetSilosAsync(cancellationToken)).Any(silo => silo.Jobs.Contains(job.Value)))
            {
                return view;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    public async Task<JobTimeline> GetTraceAsync(JobId job, CancellationToken cancellationToken = default)
    {
        WireDocument trace = await PatientlyAsync(() => Cluster.GetTraceAsync(job.Value), cancellationToken);
        return JobTimeline.FromJson(trace.Json);
    }

    public async Task<JobView> CancelAsync(JobId job, CancellationToken cancellationToken = default)
    {
        JobView view = await GetAsync(job, cancellationToken);
        return await PatientlyAsync(
            () => cluster.GetGrain<IJobGrain>(job.Value).CancelAsync(view.Output), cancellationToken);
    }

    public async Task<IReadOnlyList<JobView>> ListAsync(int most, CancellationToken cancellationToken = default) =>
        await PatientlyAsync(() => Cluster.GetJobsAsync(most), cancellationToken);

    public async Task<IReadOnlyList<SiloView>> GetSilosAsync(CancellationToken cancellationToken = default) =>
        await PatientlyAsync(Cluster.GetSilosAsync, cancellationToken);

    public Task<bool> DrainAsync(string silo, CancellationToken cancellationToken = default) =>
        PatientlyAsync(() => Cluster.DrainAsync(silo), cancellationToken);

    private static string ProbeOn(string silo) => $"{silo}/{Guid.NewGuid():N}";

    private static WireDocument OrderOf(ClusterJob job) => WireDocument.Of(
        new JobOrder
        {
            Id = job.Id,
            Job = job.Job,
            Arguments = job.Arguments.All.ToDictionary(named => named.Key, named => named.Value.ToArray()),
            Name = job.Name,
            Partitions = job.Partitions,
            Overwrite = job.Overwrite,
            MemoryBytes = job.MemoryBytes,
            Codec = job.Codec,
            TraceBuffers = job.TraceBuffers,
            TraceParent = Activity.Current?.Id,
        },
        CoordinationJson.Default.JobOrder);

    // Every call here may be made twice: what a dead gateway or silo did not answer is asked again through another.
    private Task<T> PatientlyAsync<T>(Func<Task<T>> call, CancellationToken cancellation) => AnsweredAsync(async () =>
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().WaitAsync(cancellation);
            }
            catch (Exception exception) when (IsSilence(exception) && Stopwatch.GetElapsedTime(since) < patience)
            {
                await Task.Delay(Interval, cancellation);
            }
        }
    });

    private static async Task<T> AnsweredAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (IsSilence(exception))
        {
            throw new SluiceException(SluiceErrors.ClusterSilent(exception.Message), exception);
        }
    }

    private static bool IsSilence(Exception exception) => exception is TimeoutException or OrleansException;
}
