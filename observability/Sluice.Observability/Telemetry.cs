using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sluice.Observability;

/// <summary>The one source of Sluice's spans and the one meter of its instruments.</summary>
/// <remarks>Nothing is recorded unless somebody listens.</remarks>
public static class Telemetry
{
    /// <summary>Name to subscribe to, for spans.</summary>
    public const string SourceName = "Sluice";

    /// <summary>Name to subscribe to, for instruments.</summary>
    public const string MeterName = "Sluice";

    /// <summary>Starts spans.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Makes instruments.</summary>
    public static Meter Meter { get; } = new(MeterName);
}
