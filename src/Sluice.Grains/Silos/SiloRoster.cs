using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>The silos of the cluster as membership knows them, and how each of them stands.</summary>
internal sealed class SiloRoster(ISiloStatusOracle membership, INetworkBufferPoolClient silos, ILocalSiloDetails here)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The name of this silo.</summary>
    public string HereName => here.Name;

    /// <summary>The address of this silo with its generation.</summary>
    public string Here => here.SiloAddress.ToParsableString();

    /// <summary>What a silo is called, also one that is gone; its address when nobody knows any more.</summary>
    public string NameOf(string silo) => membership.NameOf(silo);

    /// <summary>Whether a silo is gone for good: its address has its generation, so it never comes back.</summary>
    public bool IsDead(string silo) => membership.IsDead(silo);

    /// <summary>Whether the silo lives that hosted a job when it was remembered.</summary>
    public bool IsHosted(JobView known) => known.Silo.Length > 0 && !IsDead(known.Silo);

    /// <summary>The silos that answer: those with slots, and those that drain.</summary>
    public async Task<IReadOnlyList<SiloView>> WorkersAsync() =>
        [.. (await AllAsync()).Where(silo => silo.Slots > 0 || silo.IsDraining)];

    /// <summary>All silos that answer.</summary>
    public async Task<IReadOnlyList<SiloView>> AllAsync()
    {
        SiloView?[] views = await Task.WhenAll(
            membership.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(ViewAsync));
        return [.. views.OfType<SiloView>().OrderBy(view => view.Name, StringComparer.Ordinal)];
    }

    /// <summary>Whether a silo that answers has anything of a job.</summary>
    public async Task<bool> HasAsync(JobId job) => (await AllAsync()).Any(silo => silo.Jobs.Contains(job.Value));

    /// <summary>What the silos that answer remember of a job.</summary>
    public async Task<IReadOnlyList<SiloTimeline>> TracesAsync(Guid job)
    {
        SiloTimeline?[] traces = await Task.WhenAll(
            membership.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => TraceAsync(silo, job)));
        return [.. traces.OfType<SiloTimeline>().OrderBy(trace => trace.Silo, StringComparer.Ordinal)];
    }

    private async Task<SiloTimeline?> TraceAsync(SiloAddress silo, Guid job)
    {
        try
        {
            WireDocument? trace = await silos.On(silo).GetTraceAsync(job).WaitAsync(Patience);
            return trace is null ? null : SiloTimeline.FromJson(trace.Json);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    private async Task<SiloView?> ViewAsync(SiloAddress silo)
    {
        try
        {
            return await silos.On(silo).GetStatusAsync().WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return null;
        }
    }
}
