using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>A job that fails and is cancelled: its user is told what was decided first.</summary>
public sealed class FirstCauseTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_failure_that_was_decided_before_the_cancellation_is_told()
    {
        using CancellationTokenSource cancel = new();
        JournalWatch watch = new(_folder["out"], cancel.Cancel);

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(
            () => Run(new Throwing(() => { }), watch, cancel.Token));

        Assert.True(cancel.IsCancellationRequested);
        Assert.Equal("SLU1402", thrown.Error.Code);
    }

    [Fact]
    public async Task A_task_that_fails_after_the_cancellation_does_not_make_it_a_failure()
    {
        using CancellationTokenSource cancel = new();
        using ManualResetEventSlim decided = new();
        JournalWatch watch = new(_folder["out"], decided.Set);
        Throwing job = new(() =>
        {
            cancel.Cancel();
            Assert.True(decided.Wait(Deadline));
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(job, watch, cancel.Token));
    }

    private async Task Run(IJob job, IProgress<JobProgress> progress, CancellationToken cancel)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 64 * 1024,
            Parallelism = 1,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = 1024,
        });
        JobRequest request = new()
        {
            Job = job,
            Arguments = new JobArguments().Add("input", _folder.Write("in", "a\n")).Add("out", _folder["out"]),
            Name = "test",
        };
        await engine.RunAsync(request, progress, cancel).WaitAsync(Deadline, CancellationToken.None);
    }

    /// <summary>Does something at each line, then throws.</summary>
    private sealed class Throwing(Action first) : IJob
    {
        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(_ => Throw())
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);

        private bool Throw()
        {
            first();
            throw new InvalidOperationException("no");
        }
    }

    /// <summary>Acts once, on the job's thread, when the journal says that the job stops.</summary>
    private sealed class JournalWatch(string output, Action stops) : IProgress<JobProgress>
    {
        private bool _isDone;

        public void Report(JobProgress value)
        {
            string journal = Directory.GetFiles(output, OutputNames.Journal, SearchOption.AllDirectories).Single();
            if (!_isDone && Journal.Read(journal).Any(entry => entry.Kind == "failed"))
            {
                _isDone = true;
                stops();
            }
        }
    }
}
