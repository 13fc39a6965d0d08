using System.Globalization;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints how a job went: each stage and its attempts as bars over the job's time.</summary>
internal static class TimelineView
{
    // More attempts than these are told by the longest of each stage.
    private const int MostRows = 40;
    private const int LongestOfStage = 3;
    private const int WidestBar = 60;
    private const int OtherColumns = 70;

    private static readonly string[] Headings = ["stage", "task#", "try#", "silo", "from#", "time#", "timeline"];

    /// <param name="console">Where to.</param>
    /// <param name="job">What the silos remember.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static void Write(IAnsiConsole console, JobTimeline job, int width)
    {
        console.MarkupLine($"[bold]{Markup.Escape(job.Name)}[/] {job.Status} in {ByteText.OfSeconds(job.Seconds)}");
        Tables.Facts(console, FactsOf(job));
        List<(string Silo, AttemptTimes Times)> attempts =
        [
            .. job.Silos.SelectMany(silo => silo.Attempts.Select(times => (silo.Silo, times)))
                .OrderBy(attempt => attempt.times.Stage)
                .ThenBy(attempt => attempt.times.Task)
                .ThenBy(attempt => attempt.times.Attempt),
        ];
        if (attempts.Count == 0)
        {
            console.MarkupLine("  no silo remembers an attempt of it: each knows its last 16 jobs, until it ends");
            return;
        }

        TimeBar bar = TimeBar.Over(
            attempts.ConvertAll(attempt => attempt.Times), Math.Clamp(width - OtherColumns, 10, WidestBar));
        Tables.Rows(
            console,
            Headings,
            attempts
                .GroupBy(attempt => attempt.Times.Stage)
                .SelectMany(stage => RowsOf([.. stage], bar, attempts.Count)));
        foreach ((string silo, AttemptTimes failed) in attempts.Where(attempt => attempt.Times.Error is not null))
        {
            console.MarkupLine(Markup.Escape(
                $"  {failed.StageName} task {failed.Task} try {failed.Attempt} on {silo}: {failed.Error}"));
        }

        if (job.Silos.Sum(silo => silo.AttemptsLeftOut) is > 0 and int leftOut)
        {
            console.MarkupLine($"  {leftOut} further attempts were not kept");
        }
    }

    private static IEnumerable<(string Name, string Text)> FactsOf(JobTimeline job)
    {
        yield return ("job", job.Id);
        yield return ("trace", job.TraceId.Length == 0 ? "not begun" : job.TraceId);
        if (job.Link is string link)
        {
            yield return ("link", link);
        }

        if (job.Silos.Sum(silo => silo.Lives.Count) is > 0 and int lives)
        {
            yield return (
                "buffers",
                string.Create(CultureInfo.InvariantCulture, $"{lives} lives are kept; --buffers prints one"));
        }
    }

    // First the stage as a whole, then its attempts, or the longest of them.
    private static IEnumerable<IReadOnlyList<string>> RowsOf(
        List<(string Silo, AttemptTimes Times)> stage, TimeBar bar, int all)
    {
        DateTimeOffset from = stage.Min(attempt => attempt.Times.Started);
        DateTimeOffset to = stage.Max(attempt => attempt.Times.Ended);
        string name = stage[0].Times.StageName;
        yield return
        [
            name, "", "", "", bar.Since(from), ByteText.OfSeconds((to - from).TotalSeconds), bar.Of(from, to, '─'),
        ];
        IEnumerable<(string Silo, AttemptTimes Times)> shown = all <= MostRows ? stage : LongestOf(stage);
        foreach ((string silo, AttemptTimes times) in shown)
        {
            yield return
            [
                "",
                Number(times.Task),
                Number(times.Attempt),
                silo,
                bar.Since(times.Started),
                ByteText.OfSeconds((times.Ended - times.Started).TotalSeconds),
                bar.Of(times.Started, times.Ended, times.Error is null ? '█' : '░'),
            ];
        }

        if (all > MostRows && stage.Count > LongestOfStage)
        {
            yield return ["", "...", "", Number(stage.Count - LongestOfStage) + " shorter", "", "", ""];
        }
    }

    private static IEnumerable<(string Silo, AttemptTimes Times)> LongestOf(
        List<(string Silo, AttemptTimes Times)> stage) =>
        stage.OrderByDescending(attempt => attempt.Times.Ended - attempt.Times.Started).Take(LongestOfStage);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Bars over a time, all on the same scale.</summary>
/// <param name="Start">Left end.</param>
/// <param name="Length">Time that the whole width stands for.</param>
/// <param name="Width">Columns.</param>
internal sealed record TimeBar(DateTimeOffset Start, TimeSpan Length, int Width)
{
    public static TimeBar Over(IReadOnlyList<AttemptTimes> attempts, int width)
    {
        DateTimeOffset start = attempts.Min(attempt => attempt.Started);
        return new TimeBar(start, attempts.Max(attempt => attempt.Ended) - start, width);
    }

    /// <summary>Time from the left end on.</summary>
    public string Since(DateTimeOffset at) => ByteText.OfSeconds((at - Start).TotalSeconds);

    /// <summary>A bar; however short the time is, it can be seen.</summary>
    public string Of(DateTimeOffset from, DateTimeOffset to, char ink)
    {
        int left = Math.Min(Column(from), Width - 1);
        int right = Math.Clamp(Column(to), left + 1, Width);
        return new string(' ', left) + new string(ink, right - left);
    }

    private int Column(DateTimeOffset at) =>
        Length <= TimeSpan.Zero ? 0 : (int)Math.Round(Math.Clamp((at - Start) / Length, 0, 1) * Width);
}
