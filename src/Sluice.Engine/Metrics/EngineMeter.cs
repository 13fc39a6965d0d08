using System.Diagnostics.Metrics;
using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>All instruments of the engine: events are told here, and what stands is asked of the engines that live.</summary>
/// <remarks>
/// Counts go on when an engine ends, because counters must not fall; gauges end with it. Threading: any thread.
/// </remarks>
internal static class EngineMeter
{
    private static readonly double[] Seconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];

    private static readonly Histogram<double> Fetches = Telemetry.Meter.CreateHistogram(
        InstrumentNames.FetchDuration,
        "s",
        "Time from a fetch to its answer from another silo.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    private static readonly Histogram<double> Shares = Telemetry.Meter.CreateHistogram(
        InstrumentNames.TaskShare,
        "1",
        "Shares of one attempt's time when it ends: busy, back-pressured, idle; the three add up to 1.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] });

    private static readonly Histogram<double> Tasks = Telemetry.Meter.CreateHistogram(
        InstrumentNames.TaskDuration,
        "s",
        "How long attempts took, however they ended.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Histogram<double> JobDurations = Telemetry.Meter.CreateHistogram(
        InstrumentNames.JobDuration,
        "s",
        "How long jobs took, by status.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Seconds, 7200, 43200] });

    private static readonly Histogram<double> Skews = Telemetry.Meter.CreateHistogram(
        InstrumentNames.StageSkew,
        "1",
        "The largest task's records over the average task's, of each stage of a job that succeeded; 1 is even.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1.1, 1.25, 1.5, 2, 3, 5, 10, 100] });

    private static readonly Counter<long> Attempts = Telemetry.Meter.CreateCounter<long>(
        InstrumentNames.Attempts, "{attempt}", "Attempts that ended, by outcome, as their job's coordinator was told.");

    private static readonly Counter<long> Mismatches = Telemetry.Meter.CreateCounter<long>(
        InstrumentNames.CertificateMismatches, "{mismatch}", "Jobs that failed because what was read is not what was written.");

    private static readonly Counter<long> Jobs = Telemetry.Meter.CreateCounter<long>(
        InstrumentNames.Jobs, "{job}", "Jobs that ended, by status.");

    // Under Gate: engines that live, and the sums of ended attempts by silo and kind of stage.
    private static readonly List<ObservedEngine> Engines = [];
    private static readonly Dictionary<(string Silo, string Stage), StageTotals> Ended = [];
    private static readonly Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> EndedDisk = [];
    private static readonly Dictionary<(string Silo, string Peer), long> EndedReceived = [];
    private static readonly Dictionary<(string Silo, string Owner), TimeSpan> EndedWaits = [];
    private static int s_jobsRunning;

    static EngineMeter()
    {
        EngineGauges.Create();
    }

    /// <summary>Guards the engines and the sums, so that each attempt is counted once while it moves from one to the other.</summary>
    public static Lock Gate { get; } = new();

    /// <summary>Jobs whose host is in this process.</summary>
    public static int JobsRunning => Volatile.Read(ref s_jobsRunning);

    public static void Register(ObservedEngine engine)
    {
        lock (Gate)
        {
            Engines.Add(engine);
        }
    }

    /// <summary>Tells its gauges no more, and keeps its counts.</summary>
    public static void Unregister(ObservedEngine engine)
    {
        lock (Gate)
        {
            if (!Engines.Remove(engine))
            {
                return;
            }

            AddDisk(EndedDisk, engine);
            AddWaits(EndedWaits, engine);
            AddReceived(EndedReceived, engine);
        }
    }

    /// <summary>Adds what an attempt has counted to the sums; called under the gate.</summary>
    public static void Add(string silo, string stage, StageTotals totals)
    {
        if (!Ended.TryGetValue((silo, stage), out StageTotals? sums))
        {
            Ended[(silo, stage)] = sums = new StageTotals();
        }

        sums.Add(totals);
    }

    /// <summary>A finished output moved from memory to files.</summary>
    public static void Reclaimed(string silo, string stage, long bytes)
    {
        if (bytes > 0)
        {
            lock (Gate)
            {
                Add(silo, stage, new StageTotals { SpilledBytes = bytes });
            }
        }
    }

    /// <summary>An attempt has ended.</summary>
    public static void TaskEnded(string silo, string stage, StageTotals totals)
    {
        if (Tasks.Enabled)
        {
            Tasks.Record(totals.Elapsed.TotalSeconds, Tag(MeasurementNames.Silo, silo), Tag(MeasurementNames.Stage, stage));
        }

        if (Shares.Enabled && totals.Elapsed > TimeSpan.Zero)
        {
            RecordShare(silo, stage, TaskStates.Busy, totals.Busy / totals.Elapsed);
            RecordShare(silo, stage, TaskStates.BackPressured, totals.BackPressured / totals.Elapsed);
            RecordShare(silo, stage, TaskStates.Idle, totals.Idle / totals.Elapsed);
        }
    }

    /// <summary>A coordinator was told that an attempt has ended.</summary>
    public static void AttemptEnded(string worker, string stage, string outcome) => Attempts.Add(
        1,
        Tag(MeasurementNames.Silo, SiloLabel.Of(worker)),
        Tag(MeasurementNames.Stage, stage),
        Tag(MeasurementNames.Outcome, outcome));

    /// <summary>A fetch from another silo has ended.</summary>
    public static void Fetched(string silo, string peer, TimeSpan time)
    {
        if (Fetches.Enabled)
        {
            Fetches.Record(time.TotalSeconds, Tag(MeasurementNames.Silo, silo), Tag(MeasurementNames.PeerSilo, peer));
        }
    }

    /// <summary>A job's host begins in this process.</summary>
    public static void JobBegan() => Interlocked.Increment(ref s_jobsRunning);

    /// <summary>A job's host ends in this process, whether or not its job does.</summary>
    public static void JobLeft() => Interlocked.Decrement(ref s_jobsRunning);

    /// <summary>A job is over.</summary>
    /// <param name="status">`succeeded`, `failed` or `cancelled`.</param>
    /// <param name="time">How long it took.</param>
    /// <param name="cause">Why it failed.</param>
    public static void JobEnded(string status, TimeSpan time, SluiceError? cause = null)
    {
        Jobs.Add(1, Tag(MeasurementNames.Outcome, status));
        if (JobDurations.Enabled)
        {
            JobDurations.Record(time.TotalSeconds, Tag(MeasurementNames.Outcome, status));
        }

        if (cause is not null && SluiceErrors.IsMismatch(cause))
        {
            Mismatches.Add(1);
        }
    }

    /// <summary>The stages of a job that succeeded.</summary>
    public static void Skewed(string stage, double skew)
    {
        if (Skews.Enabled)
        {
            Skews.Record(skew, Tag(MeasurementNames.Stage, stage));
        }
    }

    /// <summary>The engines that live.</summary>
    public static IReadOnlyList<ObservedEngine> Living()
    {
        lock (Gate)
        {
            return [.. Engines];
        }
    }

    /// <summary>The sums of all attempts, ended and running, by silo and kind of stage.</summary>
    public static IReadOnlyDictionary<(string Silo, string Stage), StageTotals> Totals()
    {
        Dictionary<(string Silo, string Stage), StageTotals> all = [];
        StageTotals Of(string silo, string stage) =>
            all.TryGetValue((silo, stage), out StageTotals? sums) ? sums : all[(silo, stage)] = new StageTotals();
        List<(string Silo, ObservedAttempt Attempt)> running = [];
        lock (Gate)
        {
            foreach (((string silo, string stage), StageTotals sums) in Ended)
            {
                Of(silo, stage).Add(sums);
            }

            foreach (ObservedEngine engine in Engines)
            {
                running.AddRange(engine.RunningLocked().Select(attempt => (engine.Silo, attempt)));
            }
        }

        // What has ended since counts as it stands at its end, and once.
        foreach ((string silo, ObservedAttempt attempt) in running)
        {
            Of(silo, attempt.Stage).Add(attempt.Totals());
        }

        return all;
    }

    /// <summary>Bytes and time of spill files by silo and direction, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> Disk()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> all = new(EndedDisk);
            Engines.ForEach(engine => AddDisk(all, engine));
            return all;
        }
    }

    /// <summary>Bytes received by pair of silos, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Peer), long> Received()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Peer), long> all = new(EndedReceived);
            Engines.ForEach(engine => AddReceived(all, engine));
            return all;
        }
    }

    /// <summary>Time that requests for segments have waited by silo and owner, since the process began.</summary>
    public static IReadOnlyDictionary<(string Silo, string Owner), TimeSpan> Waited()
    {
        lock (Gate)
        {
            Dictionary<(string Silo, string Owner), TimeSpan> all = new(EndedWaits);
            Engines.ForEach(engine => AddWaits(all, engine));
            return all;
        }
    }

    public static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static void RecordShare(string silo, string stage, string state, double share) => Shares.Record(
        share,
        Tag(MeasurementNames.Silo, silo),
        Tag(MeasurementNames.Stage, stage),
        Tag(MeasurementNames.TaskState, state));

    private static void AddDisk(
        Dictionary<(string Silo, string Flow), (long Bytes, TimeSpan Time)> sums, ObservedEngine engine)
    {
        Add("read", engine.Spill.ReadBytes, engine.Spill.ReadTime);
        Add("write", engine.Spill.WrittenBytes, engine.Spill.WriteTime);

        void Add(string flow, long moreBytes, TimeSpan moreTime)
        {
            (long bytes, TimeSpan time) = sums.GetValueOrDefault((engine.Silo, flow));
            sums[(engine.Silo, flow)] = (bytes + moreBytes, time + moreTime);
        }
    }

    private static void AddReceived(Dictionary<(string Silo, string Peer), long> sums, ObservedEngine engine)
    {
        foreach (PeerTraffic peer in engine.Peers)
        {
            sums[(engine.Silo, peer.Peer)] = sums.GetValueOrDefault((engine.Silo, peer.Peer)) + peer.ReceivedBytes;
        }
    }

    private static void AddWaits(Dictionary<(string Silo, string Owner), TimeSpan> sums, ObservedEngine engine)
    {
        foreach (PoolGroup group in engine.Pool.Status().Groups)
        {
            sums[(engine.Silo, group.Name)] = sums.GetValueOrDefault((engine.Silo, group.Name)) + group.Waited;
        }
    }
}

/// <summary>The words for what a task does with its time.</summary>
internal static class TaskStates
{
    public const string Busy = "busy";
    public const string BackPressured = "back-pressured";
    public const string Idle = "idle";
}

/// <summary>The words for how an attempt ended.</summary>
internal static class AttemptOutcomes
{
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Lost = "lost";
    public const string Cancelled = "cancelled";
}
