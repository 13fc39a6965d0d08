using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public sealed class FailureTranslationTests
{
    // errno EMFILE and ENFILE.
    [Theory]
    [InlineData(24)]
    [InlineData(23)]
    public void Too_many_open_files_are_a_limit_of_the_process_not_a_fault_of_the_disk(int errno) =>
        AssertIsLimit(new IOException("Too many open files : '/spill/file'", errno));

    [Fact]
    public void A_thread_that_cannot_be_started_is_a_limit_of_the_process_not_a_fault_of_the_operator() =>
        AssertIsLimit(new ThreadLimitException("sluice-spill", new InvalidOperationException("no more threads")));

    [Fact]
    public void A_task_that_failed_too_often_names_the_next_action_of_the_first_cause()
    {
        SluiceError first = SluiceErrors.ProcessLimit("stage 1 task 0", "Too many open files");

        SluiceError error = SluiceErrors.TaskFailed("stage 1 task 0", 3, first);

        Assert.Equal(("SLU1401", first.Help), (error.Code, error.Help));
        Assert.Contains("Too many open files", error.What, StringComparison.Ordinal);
    }

    private static void AssertIsLimit(Exception exception)
    {
        (SluiceError error, bool canRetry) = FailureTranslation.OfAttempt(exception, "stage 1 task 0", 2);

        Assert.Equal(("SLU1307", true), (error.Code, canRetry));
        Assert.Equal("SLU1307", FailureTranslation.OfJob(exception).Error.Code);
        Assert.Contains("ulimit -n", error.Help, StringComparison.Ordinal);
    }
}
