using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Sluice.Grains;

/// <summary>The grain lives on the silo that its key names, or nowhere.</summary>
/// <remarks>
/// Not in the grain directory: that gives healthy activations up when another silo leaves, and a task lives where its
/// spills are.
/// </remarks>
[GenerateSerializer, Immutable, Alias("sluice.pinned")]
public sealed class PinnedPlacement : PlacementStrategy
{
    internal static PinnedPlacement Instance { get; } = new();

    public override bool IsUsingGrainDirectory => false;
}

/// <summary>Pins a grain class to the silo of its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PinnedPlacementAttribute() : PlacementAttribute(PinnedPlacement.Instance);

/// <summary>Reads the silo out of the key.</summary>
internal sealed class PinnedPlacementDirector : IPlacementDirector
{
    /// <exception cref="SiloUnavailableException">The silo is gone; its grains are not reborn elsewhere.</exception>
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string name = TaskKey.SiloOf(target.GrainIdentity.Key.ToString()!);
        SiloAddress silo = SiloAddress.FromParsableString(name);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"Silo {name} is gone, and its tasks with it.");
    }
}
