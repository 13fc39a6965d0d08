using System.Text.Json;
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

/// <summary>All that a cluster knows of a job: `sluice.export/1`; what is not remembered is null.</summary>
/// <param name="Schema">The schema's name.</param>
/// <param name="Job">How it stands, as in `sluice.jobs/1`.</param>
/// <param name="Order">How it was ordered.</param>
/// <param name="Report">`sluice.job/1`, when it succeeded.</param>
/// <param name="Plan">`sluice.plan/1`.</param>
/// <param name="Journal">What its coordinator decided, in order.</param>
internal sealed record ExportJson(
    string Schema,
    JobJson Job,
    JsonElement? Order,
    JsonElement? Report,
    JsonElement? Plan,
    IReadOnlyList<JsonElement> Journal);

/// <summary>What goes on in a cluster at a moment: `sluice.top/1`.</summary>
internal sealed record TopJson(
    string Schema, DateTime At, IReadOnlyList<TopSiloJson> Silos, IReadOnlyList<TopJobJson> Jobs);

/// <summary>One silo at a moment; rates are bytes a second since the moment before.</summary>
internal sealed record TopSiloJson(
    string Name,
    string State,
    int Slots,
    int Running,
    int Queued,
    int Segments,
    int LentSegments,
    int Outputs,
    double SentRate,
    double ReceivedRate,
    long FreeDiskBytes,
    string? Paused);

/// <summary>One running job at a moment; the rate is bytes a second since the moment before.</summary>
internal sealed record TopJobJson(
    string Id,
    string Name,
    string? Stage,
    int TasksDone,
    int TasksTotal,
    long BytesDone,
    long BytesTotal,
    double Rate,
    double Seconds);
