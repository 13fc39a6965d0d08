using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>Outputs that vanish, those that are given up, and reruns that write the same or something else.</summary>
public sealed class LostOutputTests
{
    [Fact]
    public void A_lost_output_reruns_only_the_map_that_made_it()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 3, partitions: 1));
        job.Join("a", 1).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(0, 2, 1);

        job.LoseOutput(Plans.Attempt(1, 0, 1), Plans.Attempt(0, 1, 1));
        (int, int, int, string)[] rerun = [.. job.Started];
        job.Succeed(0, 1, 2);

        Assert.Equal([(0, 1, 2, "a")], rerun);
        Assert.Equal(
            [Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 2), Plans.Attempt(0, 2, 1)],
            Assert.Single(job.Last.OfType<StartAttempt>()).Producers.Select(producer => producer.Attempt));
    }

    [Fact]
    public void A_lost_worker_takes_its_outputs_with_it()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 1));
        job.Join("a", 1).Join("b", 1).Succeed(0, 0, 1).Succeed(0, 1, 1);
        string reader = Assert.Single(job.Started).Worker;
        string other = reader == "a" ? "b" : "a";

        job.Tell(new WorkerLost(reader));

        Assert.Equal([(0, reader == "a" ? 0 : 1, 2, other)], job.Started);
        Assert.DoesNotContain(job.Last.OfType<DiscardOutput>(), discard => discard.Worker == reader);
    }

    [Fact]
    public void An_output_that_is_lost_again_and_again_fails_the_job()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Join("a", 1);

        for (int number = 1; number <= Plans.Tries; number++)
        {
            job.Succeed(0, 0, number).LoseOutput(Plans.Attempt(1, 0, number), Plans.Attempt(0, 0, number));
        }

        Assert.Contains(
            "stage 0 task 0 attempt 1 cannot be read", job.Finished!.Failure!.Error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_readers_that_miss_one_output_count_as_one_loss()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 2));
        job.Join("a", 2).Succeed(0, 0, 1);

        job.LoseOutput(Plans.Attempt(1, 0, 1), Plans.Attempt(0, 0, 1));
        int reruns = job.Started.Count();
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        Assert.Equal(1, reruns);
        Assert.Empty(job.Started);
        Assert.Single(job.All.OfType<WriteJournal>(), write => write.Entry.Kind == "lost");
    }

    [Fact]
    public void Outputs_are_given_up_when_every_reader_has_committed()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 2));
        job.Join("a", 2).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(1, 0, 1);
        int early = job.All.OfType<DiscardOutput>().Count();

        job.Succeed(1, 1, 1);

        Assert.Equal(0, early);
        Assert.Equal([Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 1)], job.Discarded);
    }

    [Fact]
    public void A_partition_is_given_up_once_its_reader_has_committed()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 2));
        job.Join("a", 2).Succeed(0, 0, 1).Succeed(0, 1, 1);

        job.Succeed(1, 1, 1);

        DiscardPartition discard = Assert.Single(job.Last.OfType<DiscardPartition>());
        Assert.Equal(1, discard.Partition);
        Assert.Equal(
            [Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 1)], discard.Producers.Select(producer => producer.Attempt));
    }

    [Fact]
    public void The_last_partition_goes_with_the_outputs()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 2, partitions: 2));
        job.Join("a", 2).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(1, 1, 1);

        job.Succeed(1, 0, 1);

        Assert.Empty(job.Last.OfType<DiscardPartition>());
        Assert.Equal([Plans.Attempt(0, 0, 1), Plans.Attempt(0, 1, 1)], job.Discarded);
    }

    [Fact]
    public void A_partition_is_kept_whose_reader_has_won_and_may_run_again()
    {
        DrivenJob job = new(Plans.Chain(maps: 1, groups: 1));

        job.Join("a", 1).Succeed(0, 0, 1).Succeed(1, 0, 1);

        Assert.Empty(job.All.OfType<DiscardPartition>());
    }

    [Fact]
    public void Outputs_are_kept_while_a_reader_may_lose_what_it_made_of_them()
    {
        DrivenJob job = new(Plans.Chain(maps: 1, groups: 1));
        job.Join("a", 1).Succeed(0, 0, 1).Succeed(1, 0, 1);

        job.LoseOutput(Plans.Attempt(2, 0, 1), Plans.Attempt(1, 0, 1));

        StartAttempt group = Assert.Single(job.Last.OfType<StartAttempt>());
        Assert.Equal(Plans.Attempt(1, 0, 2), group.Attempt);
        Assert.Equal([Plans.Attempt(0, 0, 1)], group.Producers.Select(producer => producer.Attempt));
        Assert.DoesNotContain(
            Plans.Attempt(0, 0, 1), job.All.OfType<DiscardOutput>().Select(discard => discard.Attempt));
    }

    [Fact]
    public void A_lost_output_that_all_have_read_is_made_again_only_when_one_must_read_again()
    {
        DrivenJob job = new(Plans.Chain(maps: 1, groups: 1));
        job.Join("a", 1).Tell(new WorkerDraining("a")).Succeed(0, 0, 1).Join("b", 2).Succeed(1, 0, 1);

        job.Tell(new WorkerLost("a"));
        int unneeded = job.Started.Count();
        job.LoseOutput(Plans.Attempt(2, 0, 1), Plans.Attempt(1, 0, 1));

        Assert.Equal(0, unneeded);
        Assert.Equal([(0, 0, 2, "b")], job.Started);
    }

    [Fact]
    public void A_rerun_that_writes_the_same_leaves_those_in_peace_that_have_read()
    {
        DrivenJob job = Half(out _);

        job.Succeed(0, 0, 2);

        Assert.Equal([(1, 1, 2)], job.Started.Select(start => (start.Stage, start.Task, start.Number)));
        Assert.Null(job.Finished);
    }

    [Fact]
    public void A_rerun_that_differs_fails_the_job_and_names_the_operator_when_a_reader_has_committed()
    {
        DrivenJob job = Half(out int committed);

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, committed) });

        Assert.Equal("SLU1503", job.Finished!.Failure!.Error.Code);
        Assert.Contains("stage 0 task 0", job.Finished.Failure.Error.Where, StringComparison.Ordinal);
        Assert.Contains("operator map", job.Finished.Failure.Error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rerun_that_differs_only_for_others_leaves_a_committed_reader_in_peace()
    {
        DrivenJob job = Half(out int committed);

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 1 - committed) });

        Assert.Null(job.Finished);
        Assert.Equal([(1, 1 - committed)], job.Started.Select(start => (start.Stage, start.Task)));
    }

    [Fact]
    public void A_rerun_that_differs_reruns_the_readers_that_have_not_committed()
    {
        DrivenJob job = new(Plans.Chain(maps: 1, groups: 2));
        job.Join("a", 3).Succeed(0, 0, 1).Succeed(1, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });

        Assert.Contains(Plans.Attempt(1, 0, 1), job.Discarded);
        Assert.Equal([(1, 0, 2), (1, 1, 2)], job.Started.Select(start => (start.Stage, start.Task, start.Number)));
    }

    [Fact]
    public void A_reader_that_runs_while_what_it_read_is_replaced_is_refused()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 2));
        job.Join("a", 3).Succeed(0, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });
        CancelAttempt cancel = Assert.Single(job.Last.OfType<CancelAttempt>());
        job.Succeed(1, 0, 1);

        Assert.Equal(Plans.Attempt(1, 0, 1), cancel.Attempt);
        Assert.Equal([Plans.Attempt(1, 0, 1)], job.Discarded);
        Assert.Equal([(1, 0, 2)], job.Started.Select(start => (start.Stage, start.Task, start.Number)));
        Assert.Null(job.Finished);
    }

    [Fact]
    public void A_rerun_of_a_map_that_combines_leaves_a_committed_reader_in_peace()
    {
        DrivenJob job = Half(out int committed, combines: true);

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, committed) });
        job.Succeed(1, 1, 2);

        Assert.Single(job.Last.OfType<PublishOutput>());
    }

    [Fact]
    public void A_rerun_of_a_map_that_combines_leaves_a_reader_in_peace_that_may_run_again()
    {
        DrivenJob job = new(Combining(Plans.Chain(maps: 1, groups: 2)));
        job.Join("a", 3).Succeed(0, 0, 1).Succeed(1, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });

        Assert.Empty(job.Discarded);
        Assert.Equal([(1, 1, 2)], job.Started.Select(start => (start.Stage, start.Task, start.Number)));
    }

    [Fact]
    public void A_reader_that_runs_while_a_map_that_combines_runs_again_is_refused()
    {
        DrivenJob job = new(Combining(Plans.Shuffle(maps: 1, partitions: 2)));
        job.Join("a", 3).Succeed(0, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });
        job.Succeed(1, 0, 1);

        Assert.Equal([Plans.Attempt(1, 0, 1)], job.Discarded);
        Assert.Null(job.Finished);
    }

    [Fact]
    public void A_coordinator_that_comes_back_refuses_and_cancels_who_reads_what_was_replaced()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 2));
        job.Join("a", 3).Succeed(0, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));
        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });
        CoordinatorState state = CoordinatorState.New(JobId.New(), Plans.Shuffle(maps: 1, partitions: 2), Plans.Tries);

        JobReplay.Into(state, job.Journal);
        Coordinator back = new(state);
        CancelAttempt cancel = Assert.Single(back.Handle(new WorkerJoined("a", 3)).OfType<CancelAttempt>());
        IReadOnlyList<CoordinatorCommand> late = back.Handle(new AttemptSucceeded(
            cancel.Attempt, Plans.Result(Plans.Shuffle(maps: 1, partitions: 2), cancel.Attempt.Task)));

        Assert.Equal(Plans.Attempt(1, 0, 1), cancel.Attempt);
        Assert.Equal(cancel.Attempt, Assert.Single(late.OfType<DiscardOutput>()).Attempt);
        Assert.Equal(JobPhase.Running, state.Phase);
    }

    [Fact]
    public void A_rerun_that_differs_does_not_change_the_boundaries_by_which_others_have_written()
    {
        DrivenJob job = new(Plans.Resort(maps: 1, groups: 2, partitions: 2));
        job.Join("a", 3).Succeed(0, 0, 1).Succeed(1, 0, 1).Succeed(2, 1, 1);
        job.LoseOutput(Plans.Attempt(2, 0, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(0, 0, 2, result => result with { Written = DrivenJob.Changed(result.Written, 0) });

        Assert.Equal([(2, 0, 2)], job.Started.Select(start => (start.Stage, start.Task, start.Number)));
        Assert.Equal([1], Assert.Single(job.Last.OfType<StartAttempt>()).Values.Keys);
    }

    private static StageSpec[] Combining(StageSpec[] stages) => [stages[0] with { Combines = true }, .. stages[1..]];

    /// <summary>One reader has committed, the other found the only map's output lost: the map runs again.</summary>
    private static DrivenJob Half(out int committed, bool combines = false)
    {
        StageSpec[] stages = Plans.Shuffle(maps: 1, partitions: 2);
        DrivenJob job = new(combines ? Combining(stages) : stages);
        job.Join("a", 2).Succeed(0, 0, 1).Succeed(1, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));
        Assert.Equal([(0, 0, 2, "a")], job.Started);
        committed = 0;
        return job;
    }
}
