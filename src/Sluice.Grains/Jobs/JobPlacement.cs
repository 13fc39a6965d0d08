using Orleans.Runtime.Placement;

namespace Sluice.Grains;

/// <summary>On which silo a job's grain begins.</summary>
internal static class JobPlacement
{
    /// <summary>Has the next calls of this method make their grain on a silo with slots, when there are silos that
    /// drain.</summary>
    /// <remarks>One that drains may see other files than those that work, or have another version of the job. A grain
    /// that lives already stays where it is.</remarks>
    public static void KeepOffDraining(IReadOnlyList<SiloView> silos)
    {
        SiloView[] workers = [.. silos.Where(silo => silo.Slots > 0)];
        if (workers.Length > 0 && silos.Any(silo => silo.IsDraining))
        {
            RequestContext.Set(
                IPlacementDirector.PlacementHintKey,
                SiloAddress.FromParsableString(workers[Random.Shared.Next(workers.Length)].Silo));
        }
    }
}
