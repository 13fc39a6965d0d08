using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>
/// A job's host dies after each line of its journal, and another goes on: the output is what it would have been.
/// </summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_cut_at_every_line_ends_in_the_same_output(bool isWorkerLost)
    {
        string[] lines = [.. Enumerable.Range(0, 800).Select(i => $"line {i * 7919 % 800:D4}")];
        string input = _folder.Write("in", string.Join('\n', lines) + "\n");
        int cuts = int.MaxValue;
        for (int cut = 1; cut <= cuts; cut++)
        {
            JobOrder order = TestOrder.Sort(input, _folder[$"out-{cut}"]);
            using WorkerProcess worker = new(_folder["spill"]);
            JobPreparation job = TestOrder.Prepare(order);
            string journal = RunUntilPublishing(worker, order, job);
            cuts = CutAfter(worker, journal, order, cut);

            string[] output = Resume(worker, order, isWorkerLost);

            Assert.Equal(lines.Order(StringComparer.Ordinal), output);
            Assert.Equal(0, worker.Outputs.Count);
        }

        Assert.True(cuts > 10, $"A journal of {cuts} lines is too short to tell anything.");
    }

    [Fact]
    public void A_last_line_that_was_cut_in_the_middle_does_not_count()
    {
        string input = _folder.Write("in", "b\nc\na\n");
        JobOrder order = TestOrder.Sort(input, _folder["out"]);
        using WorkerProcess worker = new(_folder["spill"]);
        string journal = RunUntilPublishing(worker, order, TestOrder.Prepare(order));
        File.AppendAllText(journal, "{\"kind\":\"publi");

        string[] output = Resume(worker, order, isWorkerLost: false);

        Assert.Equal(["a", "b", "c"], output);
    }

    [Fact]
    public void A_job_that_had_failed_ends_with_its_cause()
    {
        string input = _folder.Write("in", "b\na\n");
        JobOrder order = TestOrder.Sort(input, _folder["out"]);
        using WorkerProcess worker = new(_folder["spill"]);
        JobPreparation job = TestOrder.Prepare(order);
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order), diesBeforePublishing: true);
        JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        host.Handle(new CancelRequested(new AttemptFailure(SluiceErrors.Cancelled("it"), false, "")));
        host.Abandon();

        OutputDirectory taken = OutputDirectory.TryResume(job.OutputPath, order.Id, false)!;
        using (JobHost resumed = JobHost.Resume(order, TestOrder.Prepare(order), taken, hands))
        {
            resumed.Handle(new WorkerJoined("worker", 2));

            Assert.True(resumed.IsFinished);
            Assert.Equal(SluiceErrors.Cancelled("it").Code, resumed.Failure!.Error.Code);
        }

        Assert.Empty(Directory.GetFileSystemEntries(job.OutputPath));
    }

    [Fact]
    public void A_journal_that_cannot_be_gone_on_with_leaves_the_directory_to_the_next_who_tries()
    {
        string input = _folder.Write("in", "b\na\n");
        JobOrder order = TestOrder.Sort(input, _folder["out"]);
        using WorkerProcess worker = new(_folder["spill"]);
        JobPreparation job = TestOrder.Prepare(order);
        string journal = RunUntilPublishing(worker, order, job);
        string whole = File.ReadAllText(journal);
        File.WriteAllText(journal, "not a journal\n");
        OutputDirectory taken = OutputDirectory.TryResume(job.OutputPath, order.Id, false)!;

        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));
        Assert.ThrowsAny<Exception>(() => JobHost.Resume(order, job, taken, hands));

        File.WriteAllText(journal, whole);
        Assert.Equal(["a", "b"], Resume(worker, order, isWorkerLost: false));
    }

    [Fact]
    public void A_job_whose_input_has_changed_goes_on_only_once_it_is_what_it_was()
    {
        string input = _folder.Write("in", "b\na\n");
        JobOrder order = TestOrder.Sort(input, _folder["out"]);
        using WorkerProcess worker = new(_folder["spill"]);
        RunUntilPublishing(worker, order, TestOrder.Prepare(order));
        File.WriteAllText(input, "b\na\nc\n");
        OutputDirectory taken = OutputDirectory.TryResume(_folder["out"], order.Id, false)!;
        JobPreparation changed = TestOrder.Prepare(order);
        WorkerProcess.Hands hands = worker.For(order.Id, changed, TestOrder.Staging(order));

        Assert.Throws<IOException>(() => JobHost.Resume(order, changed, taken, hands));

        File.WriteAllText(input, "b\na\n");
        Assert.Equal(["a", "b"], Resume(worker, order, isWorkerLost: false));
    }

    [Fact]
    public void What_a_rerun_combines_otherwise_leaves_the_committed_part_as_it_is()
    {
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(i => $"line {i * 7919 % 300:D4}")];
        string input = _folder.Write("in", string.Join('\n', lines) + "\n");
        JobOrder order = TestOrder.Sort(input, _folder["out"]);
        order = order with
        {
            Arguments = new Dictionary<string, string[]>(order.Arguments) { ["unique"] = ["true"] },
        };
        JobPreparation job = TestOrder.Prepare(order);
        long before;
        using (WorkerProcess first = new(_folder["spill"]))
        {
            WorkerProcess.Hands dying = first.For(order.Id, job, TestOrder.Staging(order));
            JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, dying);
            dying.Run(host, OnePartIsCommitted);
            before = WrittenByMaps(host.State);
            host.Abandon();
        }

        using WorkerProcess second = new(_folder["spill"], memory: 96 << 10);
        OutputDirectory taken = OutputDirectory.TryResume(job.OutputPath, order.Id, false)!;
        WorkerProcess.Hands hands = second.For(order.Id, job, TestOrder.Staging(order));
        using JobHost resumed = JobHost.Resume(order, job, taken, hands);
        resumed.Handle(new WorkerLost("worker"));
        hands.Run(resumed);

        Assert.Null(resumed.Failure);
        Assert.NotEqual(before, WrittenByMaps(resumed.State));
        Assert.Equal(
            lines.Distinct().Order(StringComparer.Ordinal),
            Directory.GetFiles(job.OutputPath, "part-*").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines));
    }

    private static bool OnePartIsCommitted(CoordinatorState state) =>
        state.Stages[^1].Tasks.Exists(task => task.Winner is not null);

    private static long WrittenByMaps(CoordinatorState state) =>
        state.Stages[^2].Tasks.Sum(task => task.Winner!.Result.Written.Sum(sum => sum.Count));

    private static string RunUntilPublishing(WorkerProcess worker, JobOrder order, JobPreparation job)
    {
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order), diesBeforePublishing: true);
        JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        hands.Run(host);
        host.Abandon();
        return TestOrder.JournalOf(order);
    }

    /// <summary>As if the host had died after that many lines: no later attempt was started.</summary>
    /// <returns>The lines there were.</returns>
    private static int CutAfter(WorkerProcess worker, string journal, JobOrder order, int lines)
    {
        IReadOnlyList<JournalEntry> entries = Journal.Read(journal);
        File.WriteAllLines(journal, File.ReadAllLines(journal).Take(lines));
        foreach (JournalEntry never in entries.Skip(lines).Where(entry => entry.Kind == "attempt"))
        {
            worker.Outputs.Release(new Exchange.OutputId(
                order.Id.Value, never.Stage!.Value, never.Task!.Value, never.Attempt!.Value));
            string part = OutputNames.Attempt(never.Task.Value, never.Attempt.Value);
            File.Delete(Path.Combine(TestOrder.Staging(order), part));
        }

        return entries.Count;
    }

    private static string[] Resume(WorkerProcess worker, JobOrder order, bool isWorkerLost)
    {
        string output = order.Arguments["out"][0];
        OutputDirectory? taken = OutputDirectory.TryResume(output, order.Id, false);
        Assert.NotNull(taken);
        JobPreparation job = TestOrder.Prepare(order);
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));
        using JobHost host = JobHost.Resume(order, job, taken, hands);
        foreach (AttemptId attempt in host.State.AllRunning().ToList())
        {
            host.Handle(new AttemptStopped(attempt));
        }

        if (isWorkerLost)
        {
            worker.LoseOutputs();
            host.Handle(new WorkerLost("worker"));
        }

        hands.Run(host);
        worker.LoseOutputs();
        Assert.Null(host.Failure);
        Assert.Equal(
            ["_SUCCESS", .. Directory.GetFiles(output, "part-*").Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)],
            Directory.GetFileSystemEntries(output)
                .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        return [.. Directory.GetFiles(output, "part-*").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];
    }
}
