using Sluice.Jobs;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

/// <summary>
/// The disk of the output is full when the job's host writes there: its journal, its plan to publish.
/// </summary>
public sealed class FullOutputDiskTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);
    private readonly TestFolder _folder = new();

    public FullOutputDiskTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an open file can be replaced.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_that_finds_no_room_pauses_the_job_which_goes_on_when_there_is_some()
    {
        Action? giveRoom = null;

        JobReport report = await RunAsync(
            staging => giveRoom = FaultyFiles.Fill(Path.Combine(staging, OutputNames.Journal)),
            _ => giveRoom!(),
            TimeSpan.FromMinutes(10));

        Assert.Equal(["a", "b"], Output());
        Assert.Contains("waited", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OutputNames.Intent)]
    [InlineData(OutputNames.Success)]
    public async Task A_publish_that_finds_no_room_pauses_the_job_which_goes_on_when_there_is_some(string file)
    {
        string draft = "";

        await RunAsync(
            staging => File.CreateSymbolicLink(draft = Path.Combine(staging, file + ".draft"), "/dev/full"),
            _ => File.Delete(draft),
            TimeSpan.FromMinutes(10));

        Assert.Equal(["a", "b"], Output());
        Assert.True(SuccessFile.TryRead(_folder["out"], out _), "There is no certificate.");
    }

    [Theory]
    [InlineData(OutputNames.Journal)]
    [InlineData(OutputNames.Success)]
    public async Task A_job_that_is_cancelled_while_it_waits_for_room_ends_as_cancelled_and_leaves_nothing(string file)
    {
        using CancellationTokenSource cancellation = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            staging => FillFor(staging, file),
            _ => cancellation.Cancel(),
            TimeSpan.FromMinutes(10),
            cancellation.Token));

        Assert.False(Directory.Exists(_folder["out"]), "The output is left.");
    }

    [Theory]
    [InlineData(OutputNames.Journal)]
    [InlineData(OutputNames.Success)]
    public async Task A_job_that_finds_no_room_in_time_fails_and_leaves_nothing(string file)
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => RunAsync(
            staging => FillFor(staging, file), _ => { }, TimeSpan.Zero));

        Assert.Equal(SluiceErrors.DiskFull("").Code, thrown.Error.Code);
        Assert.False(Directory.Exists(_folder["out"]), "The output is left.");
    }

    [Fact]
    public async Task A_job_that_fails_does_not_wait_to_write_that_down_and_tells_its_own_cause()
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => RunAsync(
            staging =>
            {
                FaultyFiles.Fill(Path.Combine(staging, OutputNames.Journal));
                throw new SluiceException(SluiceErrors.NothingToRead("its own cause"));
            },
            _ => { },
            TimeSpan.FromMinutes(10)));

        Assert.Equal(SluiceErrors.NothingToRead("").Code, thrown.Error.Code);
        Assert.False(Directory.Exists(_folder["out"]), "The output is left.");
    }

    private static void FillFor(string staging, string file)
    {
        if (file == OutputNames.Journal)
        {
            FaultyFiles.Fill(Path.Combine(staging, file));
        }
        else
        {
            File.CreateSymbolicLink(Path.Combine(staging, file + ".draft"), "/dev/full");
        }
    }

    /// <summary>Sorts two lines.</summary>
    /// <param name="fill">Called while the map runs, with the staging directory.</param>
    /// <param name="paused">Called once, with what is waited for.</param>
    /// <param name="diskWait">How long the job waits.</param>
    /// <param name="cancellation">Cancels it.</param>
    private async Task<JobReport> RunAsync(
        Action<string> fill, Action<string> paused, TimeSpan diskWait, CancellationToken cancellation = default)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 64 * 1024,
            Parallelism = 1,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = 1024,
            DiskWait = diskWait,
        });
        return await engine.RunAsync(
            new JobRequest
            {
                Job = new FillingSort(() => fill(
                    Assert.Single(Directory.GetDirectories(_folder["out"], ".sluice-*")))),
                Arguments = new JobArguments().Add("input", _folder.Write("in", "b\na\n")).Add("out", _folder["out"]),
                Name = "test",
                Partitions = 1,
            },
            new PauseListener(paused),
            cancellation).WaitAsync(Deadline, CancellationToken.None);
    }

    private string[] Output() =>
        [.. Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];

    /// <summary>Sorts lines; at the first of them something else is done, once.</summary>
    private sealed class FillingSort(Action first) : IJob
    {
        private int _seen;

        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(_ =>
            {
                if (Interlocked.Exchange(ref _seen, 1) == 0)
                {
                    first();
                }

                return true;
            })
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);
    }

    private sealed class PauseListener(Action<string> paused) : IProgress<JobProgress>
    {
        private bool _isTold;

        public void Report(JobProgress value)
        {
            if (value.Paused is string pause && !_isTold)
            {
                _isTold = true;
                paused(pause);
            }
        }
    }
}
