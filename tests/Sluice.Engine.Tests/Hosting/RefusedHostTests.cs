using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Engine.Tests;

/// <summary>A host whose journal cannot be written or read: nothing is left of it.</summary>
/// <remarks>It counts the jobs of the process, so nothing else may run beside these tests.</remarks>
[Collection(nameof(RefusedHostTests))]
[CollectionDefinition(nameof(RefusedHostTests), DisableParallelization = true)]
public sealed class RefusedHostTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_job_whose_first_line_cannot_be_written_leaves_nothing()
    {
        JobOrder order = Order();
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"]);
        JobOrder unwritable = order with { Arguments = new DiskFullArguments(order.Arguments) };
        int before = EngineMeter.JobsRunning;

        Assert.Throws<IOException>(() => JobHost.Begin(order.Id, "test", job, false, unwritable, Hands(worker, order)));

        Assert.Empty(OpenBelow(_folder["out"]));
        Assert.Equal(before, EngineMeter.JobsRunning);
        Assert.False(Directory.Exists(_folder["out"]));
        JobHost.Begin(order.Id, "test", job, false, order, Hands(worker, order)).Dispose();
    }

    [Fact]
    public void A_journal_that_says_what_the_plan_does_not_have_leaves_the_job_to_the_next_who_tries()
    {
        JobOrder order = Order();
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"]);
        JobHost.Begin(order.Id, "test", job, false, order, Hands(worker, order)).Abandon();
        string journal = TestOrder.JournalOf(order);
        string whole = File.ReadAllText(journal);
        File.AppendAllText(journal, "{\"kind\":\"later\",\"stage\":99,\"task\":0}\n");
        int before = EngineMeter.JobsRunning;

        Assert.ThrowsAny<Exception>(() => Resume(order, job, Hands(worker, order)));

        Assert.Empty(OpenBelow(_folder["out"]));
        Assert.Equal(before, EngineMeter.JobsRunning);
        File.WriteAllText(journal, whole);
        Resume(order, job, Hands(worker, order)).Dispose();
    }

    private JobOrder Order() => TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]);

    private static WorkerProcess.Hands Hands(WorkerProcess worker, JobOrder order) =>
        worker.For(order.Id, TestOrder.Prepare(order), TestOrder.Staging(order));

    private static JobHost Resume(JobOrder order, JobPreparation job, IJobWorkers hands) =>
        JobHost.Resume(order, job, OutputDirectory.TryResume(job.OutputPath, order.Id, false)!, hands);

    // Where the system does not tell, nothing is found.
    private static string[] OpenBelow(string directory) => Directory.Exists("/proc/self/fd")
        ?
        [
            .. Directory.GetFiles("/proc/self/fd")
                .Select(open => new FileInfo(open).LinkTarget)
                .OfType<string>()
                .Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal)),
        ]
        : [];

    /// <summary>Arguments that a disk has no room for.</summary>
    private sealed class DiskFullArguments(IReadOnlyDictionary<string, string[]> all)
        : IReadOnlyDictionary<string, string[]>
    {
        public int Count => all.Count;

        public IEnumerable<string> Keys => all.Keys;

        public IEnumerable<string[]> Values => all.Values;

        public string[] this[string key] => all[key];

        public bool ContainsKey(string key) => all.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string[] value) =>
            all.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, string[]>> GetEnumerator() =>
            throw new IOException("No space left on device");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
