namespace Sluice.Client;

/// <summary>What the verbs find around them.</summary>
internal sealed record ConsoleHost
{
    public required Terminal Terminal { get; init; }

    public required IJobRunner Runner { get; init; }

    /// <summary>Reaches clusters; null in a console that was built without them.</summary>
    public IClusterSupport? Clusters { get; init; }

    /// <summary>Traces jobs, and sends that where the environment says so.</summary>
    public ConsoleTelemetry Telemetry { get; init; } = new();

    /// <summary>Reads a variable of the environment.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Where `sluice.json` is looked for.</summary>
    public string Directory { get; init; } = ".";

    /// <summary>Cancelled by Ctrl-C, SIGTERM and SIGHUP.</summary>
    public CancellationToken Interrupted { get; init; }
}
