using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Answers what consoles ask of a cluster; any silo can.</summary>
/// <remarks>One that plans a job over thousands of files goes on answering others.</remarks>
[StatelessWorker]
[Reentrant]
internal sealed class ClusterGrain(
    SiloRoster roster,
    INetworkBufferPoolClient silos,
    IJobHistory history,
    JobPlanning planning,
    ILogger<ClusterGrain> logger)
    : Grain, IClusterGrain
{
    private readonly JobMemory _memory = new(history, logger);

    public async Task<SiloView[]> GetSilosAsync() => [.. await roster.AllAsync()];

    public async Task<JobView[]> GetJobsAsync(int most)
    {
        Dictionary<Guid, JobView> jobs = (await _memory.NewestAsync(most)).ToDictionary(job => job.Id);
        IEnumerable<Guid> running = (await roster.AllAsync()).SelectMany(silo => silo.Jobs)
            .Concat(jobs.Values.Where(job => !job.IsOver).Select(job => job.Id))
            .Distinct();
        (Guid Id, JobView View)[] answers = await Task.WhenAll(running.Select(
            async job => (job, await Job(job).GetAsync(jobs.GetValueOrDefault(job)?.Output))));
        foreach ((Guid job, JobView now) in answers)
        {
            if (now.Status != JobStatus.Unknown)
            {
                jobs[job] = now;
            }
            else if (jobs.TryGetValue(job, out JobView? known) && !roster.IsHosted(known))
            {
                // It has neither a host nor a journal any more: nobody can tell how it ended.
                jobs[job] = known with { Status = JobStatus.Unknown };
            }
        }

        return [.. jobs.Values.OrderByDescending(job => job.Id.ToString("N"), StringComparer.Ordinal).Take(most)];
    }

    public async Task<JobView> GetJobAsync(Guid job)
    {
        JobView now = await Job(job).GetAsync(null);
        if (now.Status != JobStatus.Unknown || await _memory.FindAsync(job) is not JobView known)
        {
            return now;
        }

        now = await Job(job).GetAsync(known.Output);

        // A grain that leaves while it plans has written nothing yet to go on with: it goes on where it was.
        return now.Status == JobStatus.Unknown && known.Status == JobStatus.Planning && roster.IsHosted(known)
            ? known
            : now;
    }

    public async Task<JobExport> ExportAsync(Guid job) => await Job(job).ExportAsync((await GetJobAsync(job)).Output);

    public async Task<ExplainReply> ExplainAsync(WireDocument order)
    {
        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        JobOrder asked = order.Read(CoordinationJson.Default.JobOrder) with
        {
            Parallelism = workers.Sum(worker => worker.Slots),
        };
        if (JobPlanning.RefuseMemory(asked, workers) is SluiceError refused)
        {
            return new ExplainReply { Failure = WireFailure.Of(refused) };
        }

        try
        {
            return asked.Parallelism == 0
                ? new ExplainReply { Failure = WireFailure.Of(SluiceErrors.NoSlots(workers.Count)) }
                : new ExplainReply
                {
                    Plan = JobPlanning.PlanOn(asked, await Task.Run(() => planning.Prepare(asked)), workers),
                };
        }
#pragma warning disable CA1031 // A job's class may throw anything; it must reach the user as what it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            SluiceError error = (exception as SluiceException)?.Error.On(roster.HereName)
                ?? SluiceErrors.SiloFailed(roster.HereName, $"{exception.GetType().Name}: {exception.Message}");
            return new ExplainReply { Failure = WireFailure.Of(error, exception.ToString()) };
        }
    }

    public async Task<JobView> RetryAsync(Guid job, Guid fresh)
    {
        JobExport export = await ExportAsync(job);
        if (export is not { Order: string order, View.Status: JobStatus.Failed or JobStatus.Cancelled })
        {
            return export.View;
        }

        JobOrder again = JsonSerializer.Deserialize(order, CoordinationJson.Default.JobOrder)! with
        {
            Id = new JobId(fresh),
            Parallelism = 0,
            TraceParent = null,
        };
        JobPlacement.KeepOffDraining(await roster.WorkersAsync());
        return await Job(fresh).StartAsync(WireDocument.Of(again, CoordinationJson.Default.JobOrder));
    }

    public async Task<WireDocument> GetTraceAsync(Guid job)
    {
        JobView view = await GetJobAsync(job);
        IReadOnlyList<SiloTimeline> traces = view.Status == JobStatus.Unknown ? [] : await roster.TracesAsync(job);
        JobTimeline trace = new()
        {
            Id = job.ToString("N"),
            Name = view.Name,
            Status = view.Status,
            TraceId = view.TraceId,
            Started = view.Started,
            Seconds = view.Seconds,
            Silos = traces,
        };
        return new WireDocument { Json = trace.ToJson() };
    }

    public async Task<bool> DrainAsync(string silo)
    {
        SiloView? named = (await roster.AllAsync()).FirstOrDefault(view => view.Name == silo || view.Silo == silo);
        if (named is null)
        {
            return false;
        }

        await silos.On(named.Silo).DrainAsync();
        return true;
    }

    private IJobGrain Job(Guid job) => GrainFactory.GetGrain<IJobGrain>(job);
}
