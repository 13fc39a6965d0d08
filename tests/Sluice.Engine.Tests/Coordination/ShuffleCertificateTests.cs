using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public sealed class ShuffleCertificateTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 0)]
    public void A_sum_that_differs_fails_the_job_naming_map_partition_and_both_sums(int count, int sum)
    {
        DrivenJob job = Mapped();
        RecordSum wrong = Plans.SumOf(0, 2, 1) + new RecordSum(count, (UInt128)sum);

        job.Succeed(1, 1, 1, result => result with { Read = [.. result.Read.Take(2), wrong] });
        job.Tell(new AttemptStopped(Plans.Attempt(1, 0, 1)));

        SluiceError error = job.Finished!.Failure!.Error;
        Assert.Equal("SLU1501", error.Code);
        Assert.Equal("stage 0 task 2, partition 1", error.Where);
        Assert.Contains($"written {Plans.SumOf(0, 2, 1)}", error.What, StringComparison.Ordinal);
        Assert.Contains($"read {wrong}", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_that_went_to_another_partition_fail_the_job()
    {
        DrivenJob job = Mapped();

        job.Succeed(1, 1, 1, _ => Plans.Result(Plans.Shuffle(3, 2), Plans.Attempt(1, 0, 1).Task));
        job.Tell(new AttemptStopped(Plans.Attempt(1, 0, 1)));

        Assert.Equal("SLU1501", job.Finished!.Failure!.Error.Code);
    }

    [Fact]
    public void A_reader_that_tells_too_few_sums_fails_the_job()
    {
        DrivenJob job = Mapped();

        job.Succeed(1, 1, 1, result => result with { Read = [.. result.Read.Take(2)] });
        job.Tell(new AttemptStopped(Plans.Attempt(1, 0, 1)));

        Assert.Equal("stage 0 task 2, partition 1", job.Finished!.Failure!.Error.Where);
    }

    [Fact]
    public void A_reader_is_believed_whose_producer_was_lost_after_it_had_read()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 2));
        job.Join("a", 2).Succeed(0, 0, 1);
        job.LoseOutput(Plans.Attempt(1, 1, 1), Plans.Attempt(0, 0, 1));

        job.Succeed(1, 0, 1);

        Assert.Null(job.Finished);
        Assert.Equal("won", Assert.IsType<WriteJournal>(job.Last[0]).Entry.Kind);
    }

    [Fact]
    public void A_mismatch_is_never_tried_again()
    {
        DrivenJob job = Mapped();

        job.Succeed(1, 0, 1, result => result with { Read = DrivenJob.Changed(result.Read, 0) });

        Assert.Empty(job.Started);
        Assert.Equal([Plans.Attempt(1, 0, 1)], job.Discarded);
        Assert.DoesNotContain(job.Last.OfType<WriteJournal>(), write => write.Entry.Kind == "won");
    }

    private static DrivenJob Mapped() =>
        new DrivenJob(Plans.Shuffle(maps: 3, partitions: 2)).Join("a", 3).Succeed(0, 0, 1).Succeed(0, 1, 1).Succeed(
            0, 2, 1);
}
