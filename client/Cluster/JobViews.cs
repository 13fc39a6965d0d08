using System.CommandLine;
using System.Globalization;
using Sluice.Grains;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints jobs of a cluster: `sluice.jobs/1`.</summary>
internal static class JobViews
{
    private static readonly string[] Headings =
        ["job", "name", "status", "started", "time#", "stage", "tasks#", "host"];

    /// <summary>A job's id as it is printed.</summary>
    /// <exception cref="SluiceException">It is none.</exception>
    public static JobId IdOf(string text) =>
        Guid.TryParse(text, out Guid id) ? new JobId(id) : throw new SluiceException(SluiceErrors.UnknownJobId(text));

    /// <summary>The argument that names a job.</summary>
    public static Argument<string> NewArgument() =>
        new("JOB") { Description = "The job's id, as sluice jobs ls prints it" };

    /// <summary>A job that the cluster was asked for.</summary>
    /// <param name="job">What it answered.</param>
    /// <param name="text">How the job was called.</param>
    /// <exception cref="SluiceException">The cluster does not know it.</exception>
    public static JobView Known(JobView job, string text) =>
        job.Status != JobStatus.Unknown ? job : throw new SluiceException(SluiceErrors.UnknownJobId(text));

    /// <summary>One job, with its trace.</summary>
    public static void PrintOne(VerbCall call, JobView job) => Print(call, [job], console =>
    {
        Tables.Rows(console, Headings, [RowOf(job)]);
        Tables.Facts(console, ("trace", job.TraceId));
    });

    public static void Print(VerbCall call, IReadOnlyList<JobView> jobs) =>
        Print(call, jobs, console => Tables.Rows(console, Headings, jobs.Select(RowOf)));

    private static void Print(VerbCall call, IReadOnlyList<JobView> jobs, Action<IAnsiConsole> table)
    {
        JobsJson json = new("sluice.jobs/1", [.. jobs.Select(JsonOf)]);
        call.Printer.Print(json, context => context.JobsJson, table);
    }

    private static IReadOnlyList<string> RowOf(JobView job) =>
    [
        job.Id.ToString("N"),
        job.Name,
        job.Status,
        job.Started == default ? "" : job.Started.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ByteText.OfSeconds(job.Seconds),
        job.Progress?.Stage ?? "",
        job.Progress is JobProgressView progress
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.TasksDone}/{progress.TasksTotal}")
            : "",
        job.Host,
    ];

    public static JobJson JsonOf(JobView job) => new(
        job.Id.ToString("N"), job.Name, job.Status, job.Output, job.Started, job.Seconds, job.TraceId, job.Host,
        job.Progress?.Stage, job.Progress?.TasksDone, job.Progress?.TasksTotal, job.Failure?.Code, job.Failure?.What,
        BottleneckOf(job));

    private static Bottleneck? BottleneckOf(JobView job) => job switch
    {
        { Report: string report } => JobReport.FromJson(report).Bottleneck,
        { Bottleneck: string soFar } => Bottleneck.FromJson(soFar),
        _ => null,
    };
}
