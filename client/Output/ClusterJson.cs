using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Jobs as JSON.</summary>
internal sealed record JobsJson(string Schema, IReadOnlyList<JobJson> Jobs);

/// <summary>One job as JSON.</summary>
internal sealed record JobJson(
    string Id,
    string Name,
    string Status,
    string Output,
    DateTime Started,
    double Seconds,
    string TraceId,
    string Host,
    string? Stage,
    int? TasksDone,
    int? TasksTotal,
    string? ErrorCode,
    string? Error,
    Bottleneck? Bottleneck);

/// <summary>Silos as JSON: `sluice.silos/1`.</summary>
internal sealed record SilosJson(string Schema, IReadOnlyList<SiloJson> Silos);

/// <summary>One silo as JSON.</summary>
internal sealed record SiloJson(
    string Name,
    string Address,
    string Gateway,
    string Version,
    int ProcessId,
    int Slots,
    int Running,
    int Queued,
    bool Draining,
    int Segments,
    int LentSegments,
    int SegmentSize,
    int Outputs,
    long FreeDiskBytes);
