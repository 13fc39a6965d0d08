namespace Sluice.Observability;

/// <summary>What a process says of itself to a backend.</summary>
public sealed record TelemetryOptions
{
    /// <summary>`service.name`, unless <c>OTEL_SERVICE_NAME</c> names another: the kind of the process.</summary>
    public required string Service { get; init; }

    /// <summary>`service.version`.</summary>
    public required string Version { get; init; }

    /// <summary>`service.instance.id`: a silo's name; null makes one up.</summary>
    public string? Instance { get; init; }

    /// <summary>Whether Orleans's own spans and measurements go along: many, and only for a close look.</summary>
    public bool IncludeOrleans { get; init; }
}
