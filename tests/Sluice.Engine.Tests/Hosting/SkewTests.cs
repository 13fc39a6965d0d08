using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>How uneven a stage was, from what its tasks told.</summary>
public sealed class SkewTests : IDisposable
{
    private const int MapStage = 1;
    private const int ReduceStage = 2;
    private const int Tasks = 4;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new long[] { 400, 200, 100, 100 }, new long[] { 80, 40, 20, 20 }, 1)]
    [InlineData(new long[] { 400, 200, 100, 100 }, new long[] { 80, 40, 20, 60 }, 1.2)]
    [InlineData(new long[] { 400, 200, 100, 100 }, new long[] { 70, 10, 10, 10 }, 1.4)]
    [InlineData(new long[] { 100, 100, 100, 100 }, new long[] { 10, 10, 10, 30 }, 2)]
    public void A_task_that_was_cut_larger_is_not_skewed_for_that(long[] bytes, long[] records, double expected) =>
        Assert.Equal(expected, SkewOf(MapStage, bytes, records));

    [Fact]
    public void A_task_that_reads_a_larger_partition_is_skewed() =>
        Assert.Equal(2, SkewOf(ReduceStage, [400, 200, 100, 100], [80, 40, 20, 20]));

    private double SkewOf(int stage, long[] bytes, long[] records)
    {
        JobStatistics statistics = new(Plan(), bytes.Sum());
        for (int task = 0; task < Tasks; task++)
        {
            statistics.Note(new JournalEntry("won", stage, task, 1, "here", null, null)
            {
                Outcome = new TaskOutcome { BytesIn = bytes[task], RecordsIn = records[task] },
            });
        }

        return statistics.StageReportOf(stage).Skew;
    }

    private JobPlan Plan()
    {
        // Each of these is a map task of its own.
        string[] inputs = [.. Enumerable.Range(0, Tasks).Select(file => _folder.Write($"in-{file}", ""))];
        foreach (string input in inputs)
        {
            using FileStream file = new(input, FileMode.Open);
            file.SetLength(9 << 20);
        }

        JobArguments arguments = new JobArguments().Add("out", _folder["out"]);
        Array.ForEach(inputs, input => arguments.Add("input", input));
        JobPlan plan = JobPreparation.Of(new SortJob(), arguments, Tasks, Tasks).Plan;
        Assert.Equal([1, Tasks, Tasks], plan.Stages.Select(one => one.Tasks));
        return plan;
    }
}
