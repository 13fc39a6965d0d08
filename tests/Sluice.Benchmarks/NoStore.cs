using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>Refuses: what is spilled would not be measured in memory.</summary>
internal sealed class NoStore : ISpillStore
{
    public IStoredFile Create(string hint) =>
        throw new InvalidOperationException("The output does not fit the memory.");
}
