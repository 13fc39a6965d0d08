using System.Diagnostics;

namespace Sluice.Observability;

/// <summary>The one source of Sluice's spans. Nothing is recorded unless somebody listens.</summary>
public static class Telemetry
{
    /// <summary>Name to subscribe to.</summary>
    public const string SourceName = "Sluice";

    /// <summary>Starts spans.</summary>
    public static ActivitySource Source { get; } = new(SourceName);
}

/// <summary>Names of spans.</summary>
public static class SpanNames
{
    /// <summary>A whole job, from its plan to its published output.</summary>
    public const string Job = "sluice.job";
}

/// <summary>Names of attributes.</summary>
public static class AttributeNames
{
    /// <summary>What the user calls the job.</summary>
    public const string JobName = "sluice.job.name";
}
