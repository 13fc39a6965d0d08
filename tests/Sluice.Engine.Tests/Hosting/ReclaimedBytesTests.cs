using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>What finished outputs moved from memory to files is part of what a job has spilled.</summary>
public sealed class ReclaimedBytesTests : IDisposable
{
    private const int SmallOutputs = 2;
    private const int LargeOutputs = 4;

    private const int LineLength = 40;
    private const int SmallLength = 500 * LineLength;
    private const int LargeLength = 10_000 * LineLength;

    // A file of this size is a map task of its own.
    private const int TaskLength = 9 << 20;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>
    /// The first outputs fit a task's half of the worker's memory and stay there. The tasks after them have more than
    /// they have room for: two at once take all of the memory, also that of the first outputs.
    /// </remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_report_counts_what_outputs_moved_to_files_also_before_another_host_went_on(bool hostDies)
    {
        JobOrder order = Order();
        JobPreparation job = Prepare(order);
        string staging = Path.Combine(job.OutputPath, OutputNames.Staging(order.Id));
        using WorkerProcess worker = new(_folder["spill"]);
        WorkerProcess.Hands hands = worker.For(order.Id, job, staging);
        JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        if (hostDies)
        {
            hands.Run(host, until: state => state.Stages[^1].Tasks.Any(task => task.Winner is not null));
            host.Abandon();
            OutputDirectory taken = OutputDirectory.TryResume(job.OutputPath, order.Id, false)!;
            host = JobHost.Resume(order, job, taken, hands);
        }

        hands.Run(host);

        JobReport report = host.Report(default, 0, []);
        host.Dispose();
        Assert.True(worker.ReclaimedBytes >= SmallLength, "No output moved to a file: the test is too small.");
        Assert.Equal(worker.ReclaimedBytes, report.Bytes.Spilled - report.Stages.Sum(stage => stage.SpilledBytes));
        Assert.Equal(report.Bytes.Spilled, host.Progress([]).SpilledBytes);
    }

    [Fact]
    public void What_a_worker_tells_again_or_too_late_is_not_added()
    {
        JobStatistics statistics = new(Prepare(Order()).Plan, 0);

        (string Worker, long Bytes)[] told = [("a", 5), ("b", 2), ("a", 9), ("a", 9), ("a", 5), ("b", 0)];
        foreach ((string worker, long bytes) in told)
        {
            statistics.Reclaimed(worker, bytes);
        }

        Assert.Equal(9 + 2, statistics.Progress([]).SpilledBytes);
    }

    private static JobPreparation Prepare(JobOrder order) => JobPreparation.Of(
        order, new JobCatalog().Add<SortLinesThatCount>("sort-some"));

    private JobOrder Order() => new()
    {
        Id = JobId.New(),
        Job = "sort-some",
        Arguments = new Dictionary<string, string[]>
        {
            ["input"] =
            [
                .. Enumerable.Range(0, SmallOutputs + LargeOutputs)
                    .Select(file => _folder.Write($"in-{file}", TextOf(file))),
            ],
            ["out"] = [_folder["out"]],
        },
        Name = "test",
        Partitions = 3,
        Parallelism = SmallOutputs + LargeOutputs,
        OrderedAt = DateTime.UtcNow,
    };

    private static string TextOf(int file)
    {
        int count = (file < SmallOutputs ? SmallLength : LargeLength) / LineLength;
        string lines = string.Concat(Enumerable.Range(0, count).Select(i => $"{i * 7919L % count:D9} {file:D29}\n"));
        string padding = SortLinesThatCount.Padding.PadRight(999, '.') + '\n';
        return lines + string.Concat(Enumerable.Repeat(padding, (TaskLength - lines.Length) / padding.Length));
    }

    /// <summary>Sorts what is not padding, so that a map's output is much smaller than what it reads.</summary>
    private sealed class SortLinesThatCount : IJob
    {
        public const string Padding = "padding";

        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(line => !line.StartsWith("padding"u8))
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }
}
