using System.Globalization;
using Sluice.Jobs;
using Spectre.Console;

namespace Sluice.Client;

/// <summary>Prints one life of a buffer, step by step, over all silos that its bytes came to.</summary>
internal static class LifeView
{
    private static readonly string[] Headings = ["at#", "silo", "buffer", "step", "by", "", "holders#"];

    public static void Write(IAnsiConsole console, JobTimeline job, FollowedBuffer life)
    {
        List<BufferTrace> lives = [.. life.All];
        int kept = job.Silos.Sum(silo => silo.Lives.Count);
        int watched = kept + job.Silos.Sum(silo => silo.LivesLeftOut);
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the life of one buffer of [bold]{Markup.Escape(job.Name)}[/], " +
                $"of {kept} that are kept and {watched} that were watched"));
        Tables.Facts(console, FactsOf(job, lives));
        Tables.Rows(console, Headings, RowsOf(life, lives));
        foreach (BufferTrace one in lives.Where(one => life.LagOf(one) > TimeSpan.Zero))
        {
            console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  the clock of {Markup.Escape(one.Silo)} is behind: {life.LagOf(one).TotalMilliseconds:0.000} ms " +
                    $"were added to {NameOf(lives, one)}"));
        }

        foreach (BufferTrace one in lives.Where(one => one.StepsLeftOut > 0))
        {
            console.MarkupLine(
                $"  {one.StepsLeftOut} steps of {Markup.Escape(NameOf(lives, one))} in the middle were left out");
        }

        foreach (BufferTrace one in lives.Where(one => one.Error is not null))
        {
            console.MarkupLine($"  [red]{Markup.Escape(NameOf(lives, one))}: {Markup.Escape(one.Error!)}[/]");
        }
    }

    private static IEnumerable<(string Name, string Text)> FactsOf(JobTimeline job, List<BufferTrace> lives)
    {
        yield return ("trace", job.TraceId);
        if (job.Link is string link)
        {
            yield return ("link", link);
        }

        foreach (BufferTrace life in lives)
        {
            yield return (
                NameOf(lives, life),
                $"segment {life.Segment} of {life.Silo}, life {life.Generation}, " +
                    $"lent to {life.Owner}, span {life.SpanId}");
        }
    }

    private static IEnumerable<IReadOnlyList<string>> RowsOf(FollowedBuffer followed, List<BufferTrace> lives)
    {
        DateTimeOffset start = lives.Min(life => life.Started + followed.LagOf(life));
        return lives
            .SelectMany(life => life.Steps.Select(step => (Life: life, Step: step, At: step.At + followed.LagOf(life))))
            .OrderBy(row => row.At)
            .Select(row => (IReadOnlyList<string>)
            [
                ((row.At - start).TotalMilliseconds).ToString("0.000 ms", CultureInfo.InvariantCulture),
                row.Life.Silo,
                NameOf(lives, row.Life),
                row.Step.Kind.Replace('_', ' '),
                row.Step.Holder,
                MoreOf(row.Step),
                row.Step.Holders.ToString(CultureInfo.InvariantCulture),
            ]);
    }

    private static string MoreOf(BufferTraceStep step) => step switch
    {
        { Kind: "sent", Peer: string peer } => $"to {peer}",
        { Peer: string peer } => $"from {peer}",
        { From: string from } => $"from {from}",
        _ => "",
    };

    private static string NameOf(List<BufferTrace> lives, BufferTrace life) =>
        string.Create(CultureInfo.InvariantCulture, $"buffer {lives.IndexOf(life) + 1}");
}
