using Sluice.Jobs;

namespace Sluice.Client.Tests;

/// <summary>What `sluice trace` prints of what silos remember.</summary>
public sealed class TraceViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_timeline_has_a_bar_for_each_stage_and_attempt_on_one_scale()
    {
        JobTimeline job = Job(
            [Attempt(0, 0, 0, 500), Attempt(1, 0, 500, 1000, "the disk is full"), Attempt(1, 1, 750, 1000)], []);

        List<string> lines = Printed(console => TimelineView.Write(console, job with { Link = "http://here/t1" }, 200));

        Assert.Contains(lines, line => line.EndsWith("link        http://here/t1", StringComparison.Ordinal));
        Assert.Equal([30, 30, 30, 30, 15], Bars(lines).Select(bar => bar.Trim().Length));
        Assert.Equal([0, 0, 30, 30, 45], Bars(lines).Select(bar => bar.Length - bar.TrimStart().Length));
        Assert.Contains(
            lines, line => line.Contains("stage-1 task 0 try 1 on silo-1: the disk is full", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_many_attempts_the_longest_of_each_stage_are_told_and_the_others_counted()
    {
        JobTimeline job = Job([.. Enumerable.Range(0, 100).Select(task => Attempt(0, task, 0, task + 1))], []);

        List<string> lines = Printed(console => TimelineView.Write(console, job, 200));

        Assert.Equal(1 + 3, Bars(lines).Count());
        Assert.Contains(lines, line => line.Contains("97 shorter", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bar_is_seen_however_short_the_time_and_never_wider_than_the_scale()
    {
        TimeBar bar = new(Start, TimeSpan.FromSeconds(1), 10);

        Assert.Equal("x", bar.Of(Start, Start, 'x'));
        Assert.Equal("         x", bar.Of(Start.AddSeconds(1), Start.AddSeconds(1), 'x'));
        Assert.Equal("xxxxxxxxxx", bar.Of(Start.AddSeconds(-1), Start.AddSeconds(3), 'x'));
        Assert.Equal("x", new TimeBar(Start, TimeSpan.Zero, 10).Of(Start, Start, 'x'));
    }

    [Fact]
    public void The_life_with_most_to_tell_is_one_that_goes_on_on_another_silo_and_is_read_there()
    {
        BufferTrace longer = Life(
            "aa", "silo-1", ["requested", "retained", "released", "retained", "released", "released", "recycled"]);
        BufferTrace lonely = Life("bb", "silo-1", ["requested", "sent", "released", "recycled"]);
        BufferTrace sender = Life("cc", "silo-1", ["requested", "sent", "released", "recycled"]);
        BufferTrace receiver = Life("dd", "silo-2", ["requested", "received", "read"]) with { Links = ["cc"] };

        FollowedBuffer? followed = FollowedBuffer.In(Job([], [longer, lonely, sender, receiver]));

        Assert.Equal([sender, receiver], followed!.All);
        Assert.Null(FollowedBuffer.In(Job([], [])));
        BufferTrace leak = longer with { SpanId = "ee", Error = "never released" };
        Assert.Equal([leak], FollowedBuffer.In(Job([], [sender, receiver, leak]))!.All);
    }

    [Fact]
    public void The_steps_of_both_silos_stand_in_one_order_also_when_a_clock_is_behind()
    {
        BufferTrace sender = Life("cc", "silo-1", ["requested", "sent", "released", "recycled"]);
        BufferTrace receiver =
            Life("dd", "silo-2", ["requested", "received", "read"], late: -1000) with { Links = ["cc"] };
        JobTimeline job = Job([], [receiver, sender]);

        List<string> lines = Printed(console => LifeView.Write(console, job, FollowedBuffer.In(job)!));

        List<string[]> rows =
        [
            .. lines.Where(line => line.Contains(" ms ", StringComparison.Ordinal)
                && line.Contains("buffer", StringComparison.Ordinal))
                .Where(line => !line.Contains("clock", StringComparison.Ordinal))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        Assert.Equal(7, rows.Count);
        Assert.True(
            rows.FindIndex(row => row.Contains("sent")) < rows.FindIndex(row => row.Contains("received")),
            string.Join('\n', lines));
        Assert.Contains(
            lines, line => line.Contains("the clock of silo-2 is behind: 1000.000 ms", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("to silo-2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_leak_says_who_holds_the_buffer()
    {
        BufferTrace leak =
            Life("aa", "silo-1", ["requested"]) with { Error = "The buffer was never released; held by 'sender'." };
        JobTimeline job = Job([], [leak]);

        List<string> lines = Printed(console => LifeView.Write(console, job, FollowedBuffer.In(job)!));

        Assert.Contains(
            lines,
            line => line.Contains(
                "buffer 1: The buffer was never released; held by 'sender'.", StringComparison.Ordinal));
    }

    private static List<string> Printed(Action<Spectre.Console.IAnsiConsole> print)
    {
        using StringWriter text = new() { NewLine = "\n" };
        print(SpectreConsoles.Static(text, hasColor: false, 200));
        return [.. text.ToString().Split('\n').Select(line => line.TrimEnd())];
    }

    private static IEnumerable<string> Bars(List<string> lines)
    {
        int column = lines.Single(line => line.Contains("TIMELINE", StringComparison.Ordinal)).IndexOf(
            "TIMELINE", StringComparison.Ordinal);
        return lines.Where(line => line.AsSpan().IndexOfAny("─█░") >= column).Select(line => line[column..]);
    }

    private static JobTimeline Job(IReadOnlyList<AttemptTimes> attempts, IReadOnlyList<BufferTrace> lives) => new()
    {
        Id = "j1",
        Name = "sort",
        Status = "succeeded",
        TraceId = "t1",
        Silos = [new SiloTimeline("silo-1", attempts, 0, lives, 0)],
    };

    private static AttemptTimes Attempt(int stage, int task, int from, int to, string? error = null) => new(
        stage, $"stage-{stage}", task, 1, Start.AddMilliseconds(from), Start.AddMilliseconds(to), error);

    private static BufferTrace Life(string span, string silo, string[] steps, int late = 0) => new()
    {
        SpanId = span,
        Silo = silo,
        Owner = "stage 0 task 0 attempt 1",
        Segment = 1,
        Generation = 0,
        Started = Start.AddMilliseconds(late),
        Ended = Start.AddMilliseconds(late + steps.Length),
        Steps =
        [
            .. steps.Select((kind, i) => new BufferTraceStep(
                Start.AddMilliseconds(late + i), kind, "holder", null,
                kind switch { "sent" => "silo-2", "received" => "silo-1", _ => null }, 1)),
        ],
    };
}
