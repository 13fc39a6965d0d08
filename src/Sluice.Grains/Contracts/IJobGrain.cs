using Sluice.Jobs;


namespace Sluice.Grains;

/// <summary>One job of the cluster: hosts its coordinator. The key is the job's id.</summary>
[Alias("sluice.IJobGrain")]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Starts the job, or tells how far it is when it was started before.</summary>
    /// <param name="order">A job order.</param>
    [Alias("Start")]
    Task<JobView> StartAsync(WireDocument order);

    /// <summary>How far the job is.</summary>
    /// <param name="output">Its output directory, when the caller knows it: there its journal is found if its host
    /// died.</param>
    [Alias("Get")]
    Task<JobView> GetAsync(string? output);

    /// <summary>Cancels the job; nothing happens when it has ended.</summary>
    [Alias("Cancel")]
    Task<JobView> CancelAsync(string? output);

    /// <summary>All that is known of the job.</summary>
    /// <param name="output">Its output directory, when the caller knows it.</param>
    [Alias("Export")]
    Task<JobExport> ExportAsync(string? output);

    /// <summary>A silo tells how an attempt ended, again and again until this has returned once.</summary>
    /// <param name="output">The job's output directory.</param>
    /// <param name="told">An attempt's end.</param>
    [Alias("Ended")]
    Task EndedAsync(string output, WireDocument told);

    /// <summary>
    /// A silo tells every second how far its attempts are, and thereby brings a job back whose host died.
    /// </summary>
    /// <returns>False when the job is over: the silo gives up all it has of it.</returns>
    [Alias("Heartbeat")]
    Task<bool> HeartbeatAsync(SiloHeartbeat heartbeat);
}

/// <summary>How far a job is.</summary>
[GenerateSerializer, Immutable, Alias("sluice.job")]
public sealed record JobView
{
    [Id(0)]
    public Guid Id { get; init; }

    [Id(1)]
    public string Name { get; init; } = "";

    /// <summary>`unknown`, `planning`, `running`, `succeeded`, `failed` or `cancelled`.</summary>
    [Id(2)]
    public string Status { get; init; } = JobStatus.Unknown;

    [Id(3)]
    public string Output { get; init; } = "";

    /// <summary>When it was ordered, UTC.</summary>
    [Id(4)]
    public DateTime Started { get; init; }

    /// <summary>The report as JSON, when it succeeded.</summary>
    [Id(5)]
    public string? Report { get; init; }

    [Id(6)]
    public WireFailure? Failure { get; init; }

    [Id(7)]
    public JobProgressView? Progress { get; init; }

    [Id(8)]
    public string TraceId { get; init; } = "";

    /// <summary>The silo that hosts its coordinator.</summary>
    [Id(9)]
    public string Host { get; init; } = "";

    [Id(10)]
    public double Seconds { get; init; }

    /// <summary>
    /// What holds a running job up as far as its ended tasks tell, as JSON; null before one has ended.
    /// </summary>
    [Id(11)]
    public string? Bottleneck { get; init; }

    /// <summary>The address of that silo with its generation; empty where that was not written down yet.</summary>
    [Id(12)]
    public string Silo { get; init; } = "";

    /// <summary>Whether it will not change any more.</summary>
    public bool IsOver => Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;
}

/// <summary>All that a cluster knows of a job.</summary>
[GenerateSerializer, Immutable, Alias("sluice.export")]
public sealed class JobExport
{
    [Id(0)]
    public JobView View { get; init; } = new();

    /// <summary>How it was ordered, as JSON; null when that is not remembered.</summary>
    [Id(1)]
    public string? Order { get; init; }

    /// <summary>What it was planned to do, schema `sluice.plan/1`; null when that is not remembered.</summary>
    [Id(2)]
    public string? Plan { get; init; }

    /// <summary>What its coordinator decided, a JSON object a line; null when that is not remembered.</summary>
    [Id(3)]
    public string? Journal { get; init; }
}

/// <summary>What a cluster answers to a job that it is asked to explain.</summary>
[GenerateSerializer, Immutable, Alias("sluice.explanation")]
public sealed class ExplainReply
{
    /// <summary>Schema `sluice.plan/1`.</summary>
    [Id(0)]
    public string? Plan { get; init; }

    /// <summary>Why it cannot run like this.</summary>
    [Id(1)]
    public WireFailure? Failure { get; init; }
}

/// <summary>How far the stage at hand is, and the whole job.</summary>
[GenerateSerializer, Immutable, Alias("sluice.progress")]
public sealed class JobProgressView
{
    [Id(0)]
    public string Stage { get; init; } = "";

    [Id(1)]
    public int TasksDone { get; init; }

    [Id(2)]
    public int TasksTotal { get; init; }

    [Id(3)]
    public long BytesDone { get; init; }

    [Id(4)]
    public long BytesTotal { get; init; }

    [Id(5)]
    public long SpilledBytes { get; init; }

    [Id(6)]
    public TimeSpan Elapsed { get; init; }

    [Id(7)]
    public string? Paused { get; init; }
}

/// <summary>What a silo tells of one job every second.</summary>
[GenerateSerializer, Immutable, Alias("sluice.heartbeat")]
public sealed class SiloHeartbeat
{
    [Id(0)]
    public string Silo { get; init; } = "";

    [Id(1)]
    public string Output { get; init; } = "";

    /// <summary>Input bytes that each running attempt has taken.</summary>
    [Id(2)]
    public long[] Bytes { get; init; } = [];

    /// <summary>Bytes that each running attempt has spilled.</summary>
    [Id(3)]
    public long[] SpilledBytes { get; init; } = [];

    /// <summary>The most that the silo's process had resident, bytes.</summary>
    [Id(4)]
    public long PeakMemoryBytes { get; init; }

    /// <summary>What the silo waits for, a sentence.</summary>
    [Id(5)]
    public string? Paused { get; init; }

    /// <summary>Bytes that the job's outputs on the silo have moved from memory to files so far.</summary>
    [Id(6)]
    public long ReclaimedBytes { get; init; }
}
