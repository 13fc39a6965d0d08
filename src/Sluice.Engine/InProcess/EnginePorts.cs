using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What a job's attempts reach the world through.</summary>
internal sealed record EnginePorts
{
    /// <summary>Makes the store of a job's spill files; waiting for room is put in front of it.</summary>
    public Func<SpillDirectories, ISpillStore> Store { get; init; } = directories => new SpillStore(directories);

    /// <summary>Makes the transport over a job's outputs.</summary>
    public Func<ResultPartitionStore, IExchangeTransport> Transport { get; init; } =
        outputs => new InProcessTransport(outputs);
}
