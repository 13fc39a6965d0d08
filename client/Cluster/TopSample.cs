using System.Globalization;
using Sluice.Grains;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>A cluster at a moment: silos, and the jobs that run.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Silos">Those that answer.</param>
/// <param name="Jobs">Those that are not over.</param>
internal sealed record TopSample(DateTime At, IReadOnlyList<SiloView> Silos, IReadOnlyList<JobView> Jobs)
{
    private const int MostJobs = 50;

    public static async Task<TopSample> TakeAsync(ISluiceClient client, CancellationToken cancellation)
    {
        IReadOnlyList<SiloView> silos = await client.GetSilosAsync(cancellation);
        IReadOnlyList<JobView> jobs = await client.ListAsync(MostJobs, cancellation);
        return new TopSample(DateTime.UtcNow, silos, [.. jobs.Where(job => !job.IsOver)]);
    }

    /// <summary>The moment, with rates since an earlier one; what was not there then has a rate of 0.</summary>
    public TopJson Since(TopSample before)
    {
        double seconds = Math.Max((At - before.At).TotalSeconds, 0.001);
        Dictionary<string, SiloView> silos = before.Silos.ToDictionary(silo => silo.Silo);
        Dictionary<Guid, JobView> jobs = before.Jobs.ToDictionary(job => job.Id);
        double Rate(long now, long? then) => then is null ? 0 : Math.Round(Math.Max(now - then.Value, 0) / seconds);
        return new TopJson(
            "sluice.top/1",
            At,
            [.. Silos.Select(silo => new TopSiloJson(
                silo.Name,
                SilosVerb.StateOf(silo),
                silo.Slots,
                silo.Running,
                silo.Queued,
                silo.Segments,
                silo.LentSegments,
                silo.Outputs,
                Rate(silo.SentBytes, silos.GetValueOrDefault(silo.Silo)?.SentBytes),
                Rate(silo.ReceivedBytes, silos.GetValueOrDefault(silo.Silo)?.ReceivedBytes),
                silo.FreeDiskBytes,
                silo.Paused))],
            [.. Jobs.Select(job => new TopJobJson(
                job.Id.ToString("N"),
                job.Name,
                job.Progress?.Stage,
                job.Progress?.TasksDone ?? 0,
                job.Progress?.TasksTotal ?? 0,
                job.Progress?.BytesDone ?? 0,
                job.Progress?.BytesTotal ?? 0,
                Rate(job.Progress?.BytesDone ?? 0, jobs.GetValueOrDefault(job.Id)?.Progress?.BytesDone),
                job.Seconds))]);
    }

    /// <summary>Two tables for people.</summary>
    public static void Write(IAnsiConsole console, TopJson top)
    {
        Tables.Rows(
            console,
            [
                "silo", "state", "tasks#", "queued#", "pool#", "outputs#", "sends#", "receives#", "free disk#",
                "waits for",
            ],
            top.Silos.Select(silo => (IReadOnlyList<string>)
            [
                silo.Name,
                silo.State,
                string.Create(CultureInfo.InvariantCulture, $"{silo.Running}/{silo.Slots}"),
                silo.Queued.ToString(CultureInfo.InvariantCulture),
                string.Create(
                    CultureInfo.InvariantCulture, $"{100.0 * silo.LentSegments / Math.Max(silo.Segments, 1):0}%"),
                silo.Outputs.ToString(CultureInfo.InvariantCulture),
                ByteText.OfRate(silo.SentRate, 1),
                ByteText.OfRate(silo.ReceivedRate, 1),
                ByteText.OfBytes(silo.FreeDiskBytes),
                silo.Paused ?? "",
            ]));
        console.WriteLine();
        Tables.Rows(
            console,
            ["job", "name", "stage", "tasks#", "done#", "rate#", "time#"],
            top.Jobs.Select(job => (IReadOnlyList<string>)
            [
                job.Id,
                job.Name,
                job.Stage ?? "",
                string.Create(CultureInfo.InvariantCulture, $"{job.TasksDone}/{job.TasksTotal}"),
                string.Create(
                    CultureInfo.InvariantCulture, $"{100.0 * job.BytesDone / Math.Max(job.BytesTotal, 1):0}%"),
                ByteText.OfRate(job.Rate, 1),
                ByteText.OfSeconds(job.Seconds),
            ]));
    }
}
