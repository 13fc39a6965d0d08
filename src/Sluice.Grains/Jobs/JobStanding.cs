using System.Diagnostics;
using System.Text.Json;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>What is known of one job, and how that is told: as a view to clients, as a record to the history.</summary>
/// <remarks>Decides nothing. Called in turns of the job's grain.</remarks>
/// <param name="id">The job.</param>
/// <param name="roster">Knows this silo, and which others there are.</param>
internal sealed class JobStanding(JobId id, SiloRoster roster)
{
    /// <summary>As it was told last, without progress.</summary>
    public JobView View { get; private set; } = new() { Id = id.Value };

    /// <summary>Whether there is a job to go on with that could not be taken over yet; it is told as running.</summary>
    public bool MayComeBack { get; private set; }

    /// <summary>Why nobody knows whether there is one, a sentence; null when that is known.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>How it was ordered; null when that is not known here.</summary>
    public JobOrder? Order { get; set; }

    /// <summary>As it is planned here; null before that.</summary>
    public PlannedJob? Job { get; set; }

    /// <summary>Schema `sluice.plan/1`; null when it is not planned here.</summary>
    public string? Plan { get; set; }

    /// <summary>What its coordinator decided, a JSON object a line, when that has ended.</summary>
    public string? Journal { get; set; }

    /// <summary>Null before it has one here.</summary>
    public ActivityTraceId? TraceId { get; set; }

    public JobHeartbeats Heartbeats { get; } = new(roster.IsDead);

    /// <summary>Whether nothing is known of it, or not yet how it goes on.</summary>
    public bool IsUnknown => View.Status == JobStatus.Unknown;

    /// <summary>The output directory that an order names; null when it names none.</summary>
    public static string? OutputOf(JobOrder order) =>
        order.Arguments.TryGetValue("out", out string[]? named) && named is [string path] && IsPath(path)
            ? Path.GetFullPath(path)
            : null;

    // What is none is refused where the job is planned.
    private static bool IsPath(string text) => text.Length > 0 && !text.Contains('\0');

    /// <summary>Since it was ordered; zero when it is not known when that was.</summary>
    public TimeSpan Elapsed =>
        Order is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, (DateTime.UtcNow - Order.OrderedAt).Ticks));

    /// <summary>It has ended, as another host told.</summary>
    public void Take(JobView ended) => View = ended;

    /// <summary>This was found of it where its journal is, or was.</summary>
    public void Take(FoundJob found)
    {
        MayComeBack = found.Resumed is not null || found.Held is not null;
        Obstacle = null;
        Order = found.Resumed?.Job.Order ?? found.Held;
        View = found.Ended ?? View;
    }

    /// <summary>It could not be gone on with for now.</summary>
    /// <param name="obstacle">What could not be read, a sentence; null when something else is in the way.</param>
    public void PutOff(string? obstacle)
    {
        MayComeBack = true;
        Obstacle = obstacle;
        View = new JobView { Id = id.Value };
    }

    /// <summary>It has come to a status.</summary>
    /// <param name="status">One of <see cref="JobStatus"/>.</param>
    /// <param name="report">As JSON, when it succeeded.</param>
    /// <param name="failure">Why, when it did not.</param>
    public void Tell(string status, string? report = null, WireFailure? failure = null) =>
        View = Now(status, report, failure);

    /// <summary>How it stands now.</summary>
    /// <param name="host">Its coordinator's; null when it has none here.</param>
    public JobView Current(JobHost? host) => IsUnknown && MayComeBack
        ? Now(JobStatus.Running) with
        {
            Progress = Obstacle is null ? null : new JobProgressView { Paused = Obstacle },
        }
        : host is null || View.IsOver ? View : WithProgress(Now(View.Status), host);

    /// <summary>All that is to be remembered of it.</summary>
    /// <param name="host">Its coordinator's; null when it has none here.</param>
    public JobRecord Record(JobHost? host) => new(Current(host))
    {
        Order = Order is null ? null : JsonSerializer.Serialize(Order, CoordinationJson.Default.JobOrder),
        Plan = Plan,
        Journal = Journal ?? host?.JournalText,
    };

    private JobView Now(string status, string? report = null, WireFailure? failure = null) => new()
    {
        Id = id.Value,
        Name = Order?.Name ?? "",
        Status = status,
        Output = Job?.Preparation.OutputPath ?? (Order is null ? null : OutputOf(Order)) ?? "",
        Started = Order?.OrderedAt ?? default,
        Seconds = Math.Round(Elapsed.TotalSeconds, 3),
        Report = report,
        Failure = failure,
        TraceId = TraceId?.ToHexString() ?? "",
        Host = roster.HereName,
        Silo = roster.Here,
    };

    private JobView WithProgress(JobView view, JobHost host)
    {
        JobProgress progress = host.Progress(Heartbeats.Running);
        return view with
        {
            Bottleneck = host.Bottleneck?.ToJson(),
            Progress = new JobProgressView
            {
                Stage = progress.Stage,
                TasksDone = progress.TasksDone,
                TasksTotal = progress.TasksTotal,
                BytesDone = progress.BytesDone,
                BytesTotal = progress.BytesTotal,
                SpilledBytes = progress.SpilledBytes,
                Elapsed = progress.Elapsed,
                Paused = host.Pause?.Describe(roster.HereName) ?? Heartbeats.Paused,
            },
        };
    }
}
