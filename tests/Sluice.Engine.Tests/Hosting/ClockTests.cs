namespace Sluice.Engine.Tests;

/// <summary>A job's time does not run backwards where the clock of the machine that hosts it is behind.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_job_that_was_ordered_in_the_future_begins_at_zero_and_goes_on_from_its_journal()
    {
        JobOrder order = TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]) with
        {
            OrderedAt = DateTime.UtcNow.AddHours(1),
        };
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"]);
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));

        JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        double first = host.Report(default, 0, []).Seconds;
        host.Abandon();
        File.AppendAllText(
            TestOrder.JournalOf(order),
            Journal.TextOf([new JournalEntry("resumed", null, null, null, null, null, null) { At = 100 }]));
        OutputDirectory taken = OutputDirectory.TryResume(job.OutputPath, order.Id, false)!;
        using JobHost resumed = JobHost.Resume(order, job, taken, hands);

        Assert.InRange(first, 0, 60);
        Assert.InRange(resumed.Report(default, 0, []).Seconds, 100, 160);
    }
}
