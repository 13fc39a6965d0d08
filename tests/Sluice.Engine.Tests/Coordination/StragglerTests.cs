using System.Text.Json;
using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>
/// A task that takes much longer than its neighbours gets a second attempt elsewhere; one of the two counts.
/// </summary>
public sealed class StragglerTests
{
    [Fact]
    public void A_straggler_gets_a_second_attempt_on_another_worker()
    {
        DrivenJob job = ThreeOfFourDone(median: 4);

        job.Tell(new TimePassed(4 + Stragglers.Lead));
        bool early = job.Started.Any();
        job.Tell(new TimePassed(4 + Stragglers.Lead + 1));

        Assert.False(early);
        Assert.Equal([(0, 3, 2, "a")], job.Started);
        Assert.Equal(1, Assert.IsType<WriteJournal>(job.Last[0]).Entry.Overtakes);
    }

    [Fact]
    public void Where_tasks_take_long_half_as_long_again_is_the_measure()
    {
        DrivenJob job = ThreeOfFourDone(median: 100);

        job.Tell(new TimePassed(150));
        bool early = job.Started.Any();
        job.Tell(new TimePassed(151));

        Assert.False(early);
        Assert.Equal([(0, 3, 2, "a")], job.Started);
    }

    [Fact]
    public void There_is_one_second_attempt_and_no_third()
    {
        DrivenJob job = ThreeOfFourDone(median: 1).Tell(new TimePassed(20)).Join("c", 4);

        job.Tell(new TimePassed(1000));

        Assert.Empty(job.Last);
    }

    [Theory]
    [InlineData(1, "b", 2, "a")]
    [InlineData(2, "a", 1, "b")]
    public void The_first_to_end_wins_and_the_other_is_cancelled_and_refused(
        int first, string where, int late, string there)
    {
        DrivenJob job = ThreeOfFourDone(median: 1).Tell(new TimePassed(20));

        job.Succeed(0, 3, first);
        CancelAttempt cancelled = Assert.Single(job.Last.OfType<CancelAttempt>());
        StartAttempt reader = Assert.Single(job.Last.OfType<StartAttempt>());
        job.Succeed(0, 3, late);

        Assert.Equal((Plans.Attempt(0, 3, late), there), (cancelled.Attempt, cancelled.Worker));
        Assert.Equal((Plans.Attempt(0, 3, first), where), (reader.Producers[3].Attempt, reader.Producers[3].Worker));
        Assert.Equal([Plans.Attempt(0, 3, late)], job.Discarded);
        Assert.DoesNotContain(job.Last, command => command is WriteJournal { Entry.Kind: "won" });
    }

    [Fact]
    public void A_stage_half_of_which_is_not_done_does_not_tell_how_long_a_task_takes()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 4, partitions: 1));
        job.Join("a", 2).Join("b", 2).Join("c", 2).Tell(new TimePassed(1)).Succeed(0, 0, 1).Tell(new TimePassed(1000));
        bool early = job.Started.Any();

        job.Succeed(0, 1, 1);

        Assert.False(early);

        // Half of the stage shows 1000 seconds, and no task has had longer.
        Assert.Empty(job.Started);
        job.Tell(new TimePassed(1501));
        Assert.Equal([2, 3], job.Started.Select(started => started.Task));
    }

    [Fact]
    public void A_small_stage_does_not_tell_how_long_a_task_takes()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 3, partitions: 1));
        job.Join("a", 2).Join("b", 2).Tell(new TimePassed(1)).Succeed(0, 0, 1).Succeed(0, 1, 1);

        job.Tell(new TimePassed(1000));

        Assert.Empty(job.Last);
    }

    [Fact]
    public void A_worker_alone_runs_no_task_twice()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 4, partitions: 1));
        job.Join("a", 8).Tell(new TimePassed(1)).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(0, 2, 1);

        job.Tell(new TimePassed(1000));

        Assert.Empty(job.Last);
    }

    [Fact]
    public void Tasks_that_have_no_attempt_come_first()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 6, partitions: 1));
        job.Join("a", 1).Join("b", 1).Tell(new TimePassed(1));
        int slow = job.All.OfType<StartAttempt>().Single(start => start.Worker == "b").Attempt.Task.Index;
        foreach (int task in Enumerable.Range(0, 5).Where(task => task != slow))
        {
            job.Succeed(0, task, 1);
        }

        job.Tell(new TimePassed(1000));
        bool before = job.Started.Any();
        job.Succeed(0, 5, 1);

        Assert.False(before);
        Assert.Equal([(0, slow, 2, "a")], job.Started);
    }

    [Fact]
    public void A_second_attempt_never_takes_the_last_try()
    {
        DrivenJob job = ThreeOfFourDone(median: 1).Tell(new TimePassed(20));
        job.Fail(0, 3, 2, "first");
        bool again = job.Started.Any();

        job.Fail(0, 3, 3, "second");

        Assert.True(again);
        Assert.Empty(job.Started);
        Assert.Null(job.Finished);
        job.Succeed(0, 3, 1);
        Assert.Single(job.Last.OfType<StartAttempt>());
    }

    [Fact]
    public void What_an_overtaken_reader_cannot_read_any_more_is_nobodys_fault()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 4));
        job.Join("a", 4).Succeed(0, 0, 1).Join("b", 4).Tell(new TimePassed(1));
        job.Succeed(1, 0, 1).Succeed(1, 1, 1).Tell(new TimePassed(50));
        Assert.Equal([(1, 2, 2, "b"), (1, 3, 2, "b")], job.Started);
        job.Succeed(1, 2, 2);

        job.LoseOutput(Plans.Attempt(1, 2, 1), Plans.Attempt(0, 0, 1));

        Assert.Empty(job.Last);
        job.Succeed(1, 3, 2);
        Assert.Single(job.Last.OfType<PublishOutput>());
    }

    [Fact]
    public void A_coordinator_that_comes_back_knows_who_overtakes_whom_and_since_when()
    {
        DrivenJob job = ThreeOfFourDone(median: 4).Tell(new TimePassed(20));
        CoordinatorState state = Replay(job);
        Coordinator back = new(state);

        back.Handle(new WorkerJoined("a", 3));
        Assert.Empty(back.Handle(new WorkerJoined("c", 3)));
        IReadOnlyList<CoordinatorCommand> won =
            back.Handle(new AttemptSucceeded(
                Plans.Attempt(0, 3, 2),
                Plans.Result(Plans.Shuffle(4, 1), new TaskId(new StageId(0), 3))));

        Assert.Equal(Plans.Attempt(0, 3, 1), Assert.Single(won.OfType<CancelAttempt>()).Attempt);
        Assert.Equal([4, 4, 4], state.Stages[0].Tasks.Take(3).Select(task => task.Winner!.Seconds));
    }

    [Fact]
    public void A_coordinator_that_comes_back_cancels_who_was_overtaken()
    {
        DrivenJob job = ThreeOfFourDone(median: 4).Tell(new TimePassed(20)).Succeed(0, 3, 2);
        Coordinator back = new(Replay(job));

        IReadOnlyList<CoordinatorCommand> commands = back.Handle(new WorkerJoined("b", 3));

        Assert.Equal([Plans.Attempt(0, 3, 1)], commands.OfType<CancelAttempt>().Select(cancel => cancel.Attempt));
    }

    // Task 3 runs alone on b since second 0; the others have taken the median on a.
    private static DrivenJob ThreeOfFourDone(double median)
    {
        DrivenJob job = new(Plans.Shuffle(maps: 4, partitions: 1));
        job.Join("a", 3).Join("b", 1);
        Assert.Equal("b", job.Started.Single(started => started.Task == 3).Worker);
        return job.Tell(new TimePassed(median)).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(0, 2, 1);
    }

    // As a host does it: each line has the time at which it was written, and goes through its JSON.
    private static CoordinatorState Replay(DrivenJob job)
    {
        CoordinatorState state = CoordinatorState.New(JobId.New(), Plans.Shuffle(maps: 4, partitions: 1), Plans.Tries);
        JobReplay.Into(state, job.Journal.Select(line =>
            JsonSerializer.Deserialize(
                JsonSerializer.Serialize(line, CoordinationJson.Default.JournalEntry),
                CoordinationJson.Default.JournalEntry)!));
        return state;
    }
}
