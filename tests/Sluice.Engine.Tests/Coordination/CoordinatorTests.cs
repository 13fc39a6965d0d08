namespace Sluice.Engine.Tests;

/// <summary>Which attempt starts where and when, and how a job ends.</summary>
public sealed class CoordinatorTests
{
    [Fact]
    public void A_job_runs_with_one_slot_producers_first()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 2));

        job.Join("a", 1).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(1, 0, 1).Succeed(1, 1, 1).Tell(
            new OutputPublished());

        Assert.Equal(
            [Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 1), Plans.Attempt(1, 0, 1), Plans.Attempt(1, 1, 1)],
            job.All.OfType<StartAttempt>().Select(start => start.Attempt));
        Assert.Equal([1, 1], Assert.Single(job.All.OfType<PublishOutput>()).Winners);
        Assert.Null(job.Finished!.Failure);
    }

    [Fact]
    public void A_reader_waits_for_all_its_producers()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 1));

        job.Join("a", 4).Succeed(0, 0, 1);
        int beforeTheLast = job.Last.OfType<StartAttempt>().Count();
        job.Succeed(0, 1, 1);

        Assert.Equal(0, beforeTheLast);
        StartAttempt reader = Assert.Single(job.Last.OfType<StartAttempt>());
        Assert.Equal(
            [Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 1)], reader.Producers.Select(producer => producer.Attempt));
        Assert.All(reader.Producers, producer => Assert.Equal("a", producer.Worker));
    }

    [Fact]
    public void A_value_is_handed_to_later_stages()
    {
        DrivenJob job = new(Plans.Sort(maps: 1, partitions: 1));

        job.Join("a", 1).Succeed(0, 0, 1);

        StartAttempt map = Assert.Single(job.Last.OfType<StartAttempt>());
        Assert.Equal([1, 2, 3], map.Values[0]);
    }

    [Fact]
    public void Everything_is_journaled_before_it_is_done()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));

        job.Join("a", 1).Succeed(0, 0, 1).Succeed(1, 0, 1).Tell(new OutputPublished());

        Assert.Equal(
            [
                "started", "attempt", "StartAttempt", "won", "attempt", "StartAttempt",
                "won", "DiscardOutput", "publishing", "PublishOutput", "published", "FinishJob",
            ],
            job.All.Select(command => command is WriteJournal write ? write.Entry.Kind : command.GetType().Name));
    }

    [Fact]
    public void A_retry_goes_to_a_worker_where_the_task_has_not_failed()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 3).Join("b", 2).Join("c", 1);

        job.Fail(0, 0, 1, "first");
        string second = Assert.Single(job.Started).Worker;
        job.Fail(0, 0, 2, "second");
        string third = Assert.Single(job.Started).Worker;

        Assert.Equal("b", second);
        Assert.Equal("c", third);
    }

    [Fact]
    public void A_retry_stays_where_the_task_failed_when_there_is_no_other_slot()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));

        job.Join("a", 1).Fail(0, 0, 1, "first");

        Assert.Equal([(0, 0, 2, "a")], job.Started);
    }

    [Fact]
    public void A_job_fails_with_the_first_cause_after_three_tries()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));

        job.Join("a", 1).Fail(0, 0, 1, "first").Fail(0, 0, 2, "second").Fail(0, 0, 3, "third");

        Assert.Contains("first", job.Finished!.Failure!.Error.What, StringComparison.Ordinal);
        Assert.DoesNotContain("third", job.Finished.Failure.Error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_that_no_retry_can_help_fails_the_job_once_the_others_have_stopped()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 1));
        job.Join("a", 2);

        job.Fail(0, 0, 1, "bad input", canRetry: false);
        CancelAttempt cancel = Assert.Single(job.Last.OfType<CancelAttempt>());
        FinishJob? early = job.Finished;
        job.Fail(0, 1, 1, "a consequence", canRetry: false);

        Assert.Equal(Plans.Attempt(0, 1, 1), cancel.Attempt);
        Assert.Null(early);
        Assert.Equal("bad input", job.Finished!.Failure!.Error.What);
    }

    [Fact]
    public void A_lost_worker_is_not_a_failed_try()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));

        for (int i = 1; i <= 5; i++)
        {
            job.Join($"worker-{i}", 1).Tell(new WorkerLost($"worker-{i}"));
        }

        job.Join("last", 1);

        Assert.Equal([(0, 0, 6, "last")], job.Started);
    }

    [Fact]
    public void A_draining_worker_takes_no_attempts_and_its_work_counts()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 1));

        job.Join("a", 1).Tell(new WorkerDraining("a")).Succeed(0, 0, 1);
        int onDraining = job.Last.OfType<StartAttempt>().Count();
        job.Join("b", 1).Succeed(0, 1, 1);

        Assert.Equal(0, onDraining);
        Assert.Equal(
            ["a", "b"], Assert.Single(job.Last.OfType<StartAttempt>()).Producers.Select(producer => producer.Worker));
    }

    [Fact]
    public void A_late_attempt_is_refused()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1).Tell(new WorkerLost("a")).Join("b", 1);

        job.Succeed(0, 0, 1);

        Assert.Empty(job.Last);
        job.Succeed(0, 0, 2);
        Assert.Equal(
            [Plans.Attempt(0, 0, 2)],
            Assert.Single(job.Last.OfType<StartAttempt>()).Producers.Select(producer => producer.Attempt));
    }

    [Fact]
    public void A_success_told_twice_changes_nothing()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1).Succeed(0, 0, 1);

        job.Succeed(0, 0, 1);

        Assert.Empty(job.Last);
    }

    [Fact]
    public void Cancel_stops_what_runs_and_then_ends_the_job()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 1));
        job.Join("a", 2);

        job.Tell(new CancelRequested(Plans.Failure("cancelled")));
        int cancelled = job.Last.OfType<CancelAttempt>().Count();
        job.Tell(new AttemptStopped(Plans.Attempt(0, 0, 1))).Succeed(0, 1, 1);

        Assert.Equal(2, cancelled);
        Assert.Equal([Plans.Attempt(0, 1, 1)], job.Discarded);
        Assert.Equal("cancelled", job.Finished!.Failure!.Error.What);
    }

    [Fact]
    public void Cancel_comes_too_late_for_an_output_that_is_being_published()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1).Succeed(0, 0, 1).Succeed(1, 0, 1);

        job.Tell(new CancelRequested(Plans.Failure("cancelled"))).Tell(new OutputPublished());

        Assert.Null(job.Finished!.Failure);
    }

    [Fact]
    public void A_publish_that_fails_fails_the_job()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1).Succeed(0, 0, 1).Succeed(1, 0, 1);

        job.Tell(new PublishFailed(Plans.Failure("disk full")));

        Assert.Equal("disk full", job.Finished!.Failure!.Error.What);
        Assert.IsType<FinishJob>(job.Last[^1]);
        Assert.Equal("failed", Assert.IsType<WriteJournal>(job.Last[0]).Entry.Kind);
    }

    [Fact]
    public void A_job_that_has_ended_commands_nothing()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1).Fail(0, 0, 1, "bad input", canRetry: false);

        job.Join("b", 1);

        Assert.Empty(job.Last);
    }
}
