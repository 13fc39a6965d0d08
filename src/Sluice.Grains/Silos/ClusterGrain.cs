using Orleans.Concurrency;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Answers what consoles ask of a cluster; any silo can.</summary>
[StatelessWorker]
internal sealed class ClusterGrain(SiloRoster roster, INetworkBufferPoolClient silos, JobHistory history)
    : Grain, IClusterGrain
{
    public async Task<SiloView[]> GetSilosAsync() => [.. await roster.AllAsync()];

    public async Task<JobView[]> GetJobsAsync(int most)
    {
        Dictionary<Guid, JobView> jobs = history.Newest(most).ToDictionary(job => job.Id);
        IEnumerable<Guid> running = (await roster.AllAsync()).SelectMany(silo => silo.Jobs)
            .Concat(jobs.Values.Where(job => !job.IsOver).Select(job => job.Id))
            .Distinct();
        foreach (Guid job in running.ToList())
        {
            JobView now = await GrainFactory.GetGrain<IJobGrain>(job).GetAsync(jobs.GetValueOrDefault(job)?.Output);
            if (now.Status != JobStatus.Unknown)
            {
                jobs[job] = now;
            }
        }

        return [.. jobs.Values.OrderByDescending(job => job.Id.ToString("N"), StringComparer.Ordinal).Take(most)];
    }

    public Task<JobView> GetJobAsync(Guid job) =>
        GrainFactory.GetGrain<IJobGrain>(job).GetAsync(history.Find(job)?.Output);

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
}
