using System.Diagnostics.Metrics;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Engine;

/// <summary>The instruments of the engine that are told events; what stands is in <see cref="EngineSums"/>.</summary>
/// <remarks>Threading: any thread.</remarks>
internal static class EngineMeter
{
    private static readonly double[] Seconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];

    private static readonly Histogram<double> Fetches = Telemetry.Meter.CreateHistogram(
        InstrumentNames.FetchDuration,
        "s",
        "Time from a fetch to its answer from another silo.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        });

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
        InstrumentNames.CertificateMismatches,
        "{mismatch}",
        "Jobs that failed because what was read is not what was written.");

    private static readonly Counter<long> Jobs = Telemetry.Meter.CreateCounter<long>(
        InstrumentNames.Jobs, "{job}", "Jobs that ended, by status.");

    private static int s_jobsRunning;

    static EngineMeter()
    {
        EngineGauges.Create();
    }

    /// <summary>Jobs whose host is in this process.</summary>
    public static int JobsRunning => Volatile.Read(ref s_jobsRunning);

    /// <summary>An engine lives from now on: with the first one all instruments are there.</summary>
    public static void Register(ObservedEngine engine) => EngineSums.Register(engine);

    /// <summary>An attempt has ended.</summary>
    public static void TaskEnded(string silo, string stage, StageTotals totals)
    {
        if (Tasks.Enabled)
        {
            Tasks.Record(
                totals.Elapsed.TotalSeconds, Tag(MeasurementNames.Silo, silo), Tag(MeasurementNames.Stage, stage));
        }

        if (Shares.Enabled && totals.Elapsed > TimeSpan.Zero)
        {
            double pressed = totals.BackPressured / totals.Elapsed;
            double idle = totals.Idle / totals.Elapsed;
            RecordShare(silo, stage, TaskStates.Busy, Math.Max(0, 1 - pressed - idle));
            RecordShare(silo, stage, TaskStates.BackPressured, pressed);
            RecordShare(silo, stage, TaskStates.Idle, idle);
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

    public static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static void RecordShare(string silo, string stage, string state, double share) => Shares.Record(
        share,
        Tag(MeasurementNames.Silo, silo),
        Tag(MeasurementNames.Stage, stage),
        Tag(MeasurementNames.TaskState, state));
}
