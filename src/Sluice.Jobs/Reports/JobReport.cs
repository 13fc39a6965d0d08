using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Sorting;

namespace Sluice.Jobs;

/// <summary>What a finished job tells: schema `sluice.job/1`.</summary>
public sealed record JobReport
{
    public string Schema { get; init; } = "sluice.job/1";

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>`succeeded`, `failed` or `cancelled`.</summary>
    public required string Status { get; init; }

    public required double Seconds { get; init; }

    /// <summary>W3C trace id, 32 hex digits.</summary>
    public required string TraceId { get; init; }

    public required RecordCounts Records { get; init; }

    public required ByteCounts Bytes { get; init; }

    /// <summary>The most that this process had resident.</summary>
    public required long PeakMemoryBytes { get; init; }

    public required Certificate Certificate { get; init; }

    public required IReadOnlyList<StageReport> Stages { get; init; }

    /// <summary>What kept the job from being faster; null in reports of earlier versions.</summary>
    public Bottleneck? Bottleneck { get; init; }

    /// <summary>Where the parts are.</summary>
    public required string Output { get; init; }

    public required int Parts { get; init; }

    /// <summary>What the user should know, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is no report.</exception>
    public static JobReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.JobReport)
            ?? throw new JsonException("The report is empty.");

    /// <summary>The report as one JSON object.</summary>
    /// <param name="indented">Over several lines, for people; else on one.</param>
    public string ToJson(bool indented = true) =>
        JsonSerializer.Serialize(this, (indented ? ReportJson.Indented : ReportJson.Default).JobReport);
}

/// <summary>Records read from inputs, written to shuffles after combining, and written to the output.</summary>
public sealed record RecordCounts(long In, long Shuffled, long Out);

/// <summary>
/// Bytes read from inputs, fetched through shuffles, written to spill files, and written to the output.
/// </summary>
public sealed record ByteCounts(long In, long Shuffled, long Spilled, long Out);

/// <summary>What was proven: how many records, and the sum over them.</summary>
/// <param name="Records">Records of the output.</param>
/// <param name="Checksum">Sum modulo 2^128 of the records' hashes, 32 hex digits.</param>
public sealed record Certificate(long Records, string Checksum);

/// <summary>One stage of a finished job.</summary>
public sealed record StageReport
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required int Tasks { get; init; }

    public required int Attempts { get; init; }

    /// <summary>Attempts started to overtake slow ones; part of <see cref="Attempts"/>.</summary>
    public int SecondAttempts { get; init; }

    /// <summary>From the first attempt's start to the last one's end.</summary>
    public required double Seconds { get; init; }

    public required long RecordsIn { get; init; }

    public required long RecordsOut { get; init; }

    public required int Spills { get; init; }

    public required long SpilledBytes { get; init; }

    public required int MergePasses { get; init; }

    /// <summary>Bytes that merge passes wrote again; part of the spilled ones.</summary>
    public required long RewrittenBytes { get; init; }

    /// <summary>Records before and after combining; both 0 where nothing is combined.</summary>
    public required CombineCount Combined { get; init; }

    /// <summary>Where the tasks' time went.</summary>
    public required PhaseTimes Times { get; init; }

    /// <summary>What the tasks' threads waited for; nothing in reports of earlier versions.</summary>
    public WaitTimes Waits { get; init => field = value ?? WaitTimes.Zero; } = WaitTimes.Zero;

    /// <summary>How the tasks shared out their time; all of it busy in reports of earlier versions.</summary>
    public TimeShares Shares
    {
        get;
        init => field = value ?? TimeShares.Of(0, WaitTimes.Zero);
    } = TimeShares.Of(0, WaitTimes.Zero);

    /// <summary>Seconds in writes of spill files, over all threads: those of spillers too.</summary>
    public double SpillWriteSeconds { get; init; }

    /// <summary>The task that took the longest; null when none has ended.</summary>
    public LongestTask? Longest { get; init; }

    /// <summary>What each silo did.</summary>
    public IReadOnlyList<SiloShare> Silos { get; init => field = value ?? []; } = [];

    /// <summary>
    /// The largest task's records over the average, or over its share of the bytes where it was cut larger; 1 is even.
    /// </summary>
    public required double Skew { get; init; }
}

/// <summary>How far a job is.</summary>
/// <param name="Stage">Name of the stage at hand.</param>
/// <param name="TasksDone">Finished tasks of that stage.</param>
/// <param name="TasksTotal">All tasks of it.</param>
/// <param name="BytesDone">Bytes of the whole job's way that are done.</param>
/// <param name="BytesTotal">Bytes of the whole way: each input byte is read once by each stage.</param>
/// <param name="SpilledBytes">Written to spill files.</param>
/// <param name="Elapsed">Since the job started.</param>
public sealed record JobProgress(
    string Stage, int TasksDone, int TasksTotal, long BytesDone, long BytesTotal, long SpilledBytes, TimeSpan Elapsed)
{
    /// <summary>What the job waits for at the moment, a sentence; null when it goes on.</summary>
    public string? Paused { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobReport))]
[JsonSerializable(typeof(PlanReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static ReportJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
    });
}
