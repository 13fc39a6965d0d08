using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Jobs;

/// <summary>What silos remember of how a job went: its attempts, and the lives of buffers that were watched.</summary>
/// <remarks>Bounded: of each job every silo keeps so many attempts and lives, and counts the others.</remarks>
public sealed record JobTimeline
{
    public string Schema { get; init; } = "sluice.trace/1";

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>`unknown`, `planning`, `running`, `succeeded`, `failed` or `cancelled`.</summary>
    public string Status { get; init; } = "";

    /// <summary>W3C trace id, 32 hex digits; empty before the job has begun.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Where a browser shows it; null when no template for links is set.</summary>
    public string? Link { get; init; }

    /// <summary>When it was ordered, UTC.</summary>
    public DateTime Started { get; init; }

    public double Seconds { get; init; }

    /// <summary>What each silo remembers.</summary>
    public IReadOnlyList<SiloTimeline> Silos { get; init; } = [];

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JobTimeline FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TimelineJson.Default.JobTimeline)
            ?? throw new JsonException("The trace is empty.");

    /// <summary>All of it as one JSON object.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TimelineJson.Default.JobTimeline);
}

/// <summary>What one silo remembers of a job.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Attempts">In the order in which they ended.</param>
/// <param name="AttemptsLeftOut">Attempts that ran there too.</param>
/// <param name="Lives">Watched lives that have ended, in the order in which they began.</param>
/// <param name="LivesLeftOut">Lives that were watched there too.</param>
public sealed record SiloTimeline(
    string Silo,
    IReadOnlyList<AttemptTimes> Attempts,
    int AttemptsLeftOut,
    IReadOnlyList<BufferTrace> Lives,
    int LivesLeftOut)
{
    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static SiloTimeline FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TimelineJson.Default.SiloTimeline)
            ?? throw new JsonException("The trace is empty.");

    /// <summary>All of it as one JSON object.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TimelineJson.Default.SiloTimeline);
}

/// <summary>One attempt of one task that has ended.</summary>
/// <param name="Stage">Number of the stage.</param>
/// <param name="StageName">What the stage is called.</param>
/// <param name="Task">Number of the task in its stage.</param>
/// <param name="Attempt">Number of the attempt.</param>
/// <param name="Started">When it got its slot.</param>
/// <param name="Ended">When its thread was done.</param>
/// <param name="Error">Why it failed, one sentence; null when it succeeded.</param>
public sealed record AttemptTimes(
    int Stage,
    string StageName,
    int Task,
    int Attempt,
    DateTimeOffset Started,
    DateTimeOffset Ended,
    string? Error);

/// <summary>One life of a buffer, from its request to the moment its segment went back to the pool.</summary>
public sealed record BufferTrace
{
    /// <summary>Its span, 16 hex digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>The span it belongs to, the attempt's or the job's, 16 hex digits.</summary>
    public string ParentId { get; init; } = "";

    /// <summary>The spans of the lives that its bytes came from, on other silos.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>The silo.</summary>
    public required string Silo { get; init; }

    /// <summary>The owner label of the pool it was requested from.</summary>
    public required string Owner { get; init; }

    /// <summary>The segment's number in its pool.</summary>
    public required int Segment { get; init; }

    /// <summary>How many lives the segment had had before.</summary>
    public required int Generation { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DateTimeOffset Ended { get; init; }

    /// <summary>What was wrong with it; null when it ended as it should.</summary>
    public string? Error { get; init; }

    /// <summary>Its steps: the first ones and the last ones.</summary>
    public required IReadOnlyList<BufferTraceStep> Steps { get; init; }

    /// <summary>Steps between the first ones and the last ones that were not kept.</summary>
    public long StepsLeftOut { get; init; }
}

/// <summary>One step in the life of a buffer.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What happened: the last part of the event's name, like `handed_over`.</param>
/// <param name="Holder">Who took the step, or holds the buffer after a hand-over.</param>
/// <param name="From">Whose reference was retained or handed over; else null.</param>
/// <param name="Peer">The silo at the other end of a send or receipt; else null.</param>
/// <param name="Holders">How many held the buffer afterwards.</param>
public sealed record BufferTraceStep(
    DateTimeOffset At, string Kind, string Holder, string? From, string? Peer, int Holders);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobTimeline))]
[JsonSerializable(typeof(SiloTimeline))]
internal sealed partial class TimelineJson : JsonSerializerContext;
