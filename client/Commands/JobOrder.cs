using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>A job as the user ordered it.</summary>
internal sealed record JobOrder
{
    /// <summary>Standard input or output in the place of a path.</summary>
    public const string Stream = "-";

    public required string Name { get; init; }

    public required IJob Job { get; init; }

    /// <summary>Without inputs and output.</summary>
    public required JobArguments Arguments { get; init; }

    /// <summary>The job's argument `input`; `-` is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The job's argument `out`; `-` is standard output, and null a job that was not given one.</summary>
    public required string? Output { get; init; }

    public bool Overwrite { get; init; }

    /// <summary>Whether silos run it, those of the cluster that the settings name; else this process does.</summary>
    public bool InCluster { get; init; }

    /// <summary>Whether the console leaves the job running in the cluster.</summary>
    public bool Detach { get; init; }

    /// <summary>Whether Ctrl-C leaves it running there, too.</summary>
    public bool DetachOnInterrupt { get; init; }

    /// <summary>Whether the input comes from standard input.</summary>
    public bool ReadsStream => Inputs is [Stream];

    /// <summary>Whether the records go to standard output.</summary>
    public bool WritesStream => Output == Stream;
}
