using Sluice.Jobs;
using Sluice.Sorting;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

/// <summary>Disks that fail under a job: the fault is found and named, the task runs again or the job fails.</summary>
/// <remarks>That no buffer is outstanding, the job itself asserts when it is disposed.</remarks>
public sealed class FaultyDiskTests : IDisposable
{
    private const int Lines = 3000;
    private static readonly string Rest = new('x', 60);
    private const int EveryFile = int.MaxValue;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    /// <summary>Each fault in each kind of file that a sort in little memory writes; a map's, then a
    /// consumer's.</summary>
    public static TheoryData<string, string> Faults { get; } = new(
        from hint in new[] { "spill", "merge" }
        from fault in new[]
        {
            "short", "payload", "checksum", "length", "huge length", "index", "vanished", "truncated",
        }
        select (fault, hint));

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_file_that_fails_once_is_written_again_by_the_task_that_wrote_it(string fault, string hint)
    {
        FaultyStore? store = null;

        JobReport report = await Run(inner => store = Store(fault, inner, hint, 1));

        Assert.Equal(1, store!.FaultyFiles);
        AssertSorted();
        StageReport writer = report.Stages.Single(stage => stage.Name == (hint == "spill" ? "map" : "reduce"));
        Assert.Equal(writer.Tasks + 1, writer.Attempts);
        AssertNoSpill();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Files_that_always_fail_fail_the_job_with_the_file_s_name_and_leave_nothing(
        string fault, string hint)
    {
        SluiceException thrown =
            await Assert.ThrowsAsync<SluiceException>(() => Run(inner => Store(fault, inner, hint, EveryFile)));

        Assert.Contains($"/{hint}-0", thrown.Error.What, StringComparison.Ordinal);
        if (fault != "vanished")
        {
            Assert.Matches("expected .*found ", thrown.Error.What);
            Assert.Matches(fault == "index" ? "Index block [0-9]+ of " : "[Bb]lock [0-9]+ of ", thrown.Error.What);
        }

        Assert.False(Directory.Exists(_folder["out"]), "A wrong result was published.");
        AssertNoSpill();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(7, 2)]
    [InlineData(40, 3)]
    public async Task A_full_disk_that_gets_room_pauses_the_job_and_nothing_is_lost(int before, int refused)
    {
        DiskFullStore? store = null;

        JobReport report = await Run(
            inner => store = new DiskFullStore(inner, before, refused), TimeSpan.FromMinutes(10));

        Assert.Equal(refused, store!.Refused);
        AssertSorted();
        Assert.Contains("waited", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.All(report.Stages, stage => Assert.Equal(stage.Tasks, stage.Attempts));
        AssertNoSpill();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 120)]
    [InlineData(40, 120)]
    public async Task A_full_disk_that_stays_full_fails_the_job_after_the_wait(int before, int waitMilliseconds)
    {
        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(
            inner => new DiskFullStore(inner, before, EveryFile), TimeSpan.FromMilliseconds(waitMilliseconds)));

        Assert.Equal("SLU1305", thrown.Error.Code);
        Assert.False(Directory.Exists(_folder["out"]), "A wrong result was published.");
        AssertNoSpill();
    }

    [Fact]
    public async Task A_task_that_fails_does_not_wait_for_room_on_a_full_disk()
    {
        DiskFullStore? store = null;

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Run(
            inner => store = new DiskFullStore(inner, 0, EveryFile),
            TimeSpan.FromMinutes(10),
            new FailsWhen(() => store!.Refused > 0)));

        Assert.Equal("SLU1402", thrown.Error.Code);
        Assert.Contains("it had to fail", thrown.Error.What, StringComparison.Ordinal);
        AssertNoSpill();
    }

    [Theory]
    [InlineData("spill")]
    [InlineData("merge")]
    public async Task A_slow_disk_makes_a_job_slow_and_nothing_else(string hint)
    {
        JobReport report = await Run(inner => new SlowStore(inner, hint, 20));

        AssertSorted();
        Assert.All(report.Stages, stage => Assert.Equal(stage.Tasks, stage.Attempts));
        AssertNoSpill();
    }

    private static FaultyStore Store(string fault, ISpillStore inner, string hint, int count) => fault switch
    {
        "short" => new ShortWriteStore(inner, hint, count),
        "payload" => new FlippedBitStore(inner, hint, count, FlippedPlace.Payload),
        "checksum" => new FlippedBitStore(inner, hint, count, FlippedPlace.Checksum),
        "length" => new FlippedBitStore(inner, hint, count, FlippedPlace.Length),
        "huge length" => new FlippedBitStore(inner, hint, count, FlippedPlace.HugeLength),
        "index" => new FlippedBitStore(inner, hint, count, FlippedPlace.Index),
        "vanished" => new VanishingStore(inner, hint, count),
        "truncated" => new TruncatedStore(inner, hint, count),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };

    /// <summary>Sorts lines with a step that fails as soon as something has happened, which it gives time to.</summary>
    private sealed class FailsWhen(Func<bool> hasHappened) : IJob
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
        private int _lines;

        public void Define(JobBuilder job) => job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .Where(_ => Has() ? throw new InvalidOperationException("it had to fail") : true)
            .OrderBy(ByteKey.Whole)
            .Write(job.Arguments.Get("out"), RecordFormat.Lines);

        // The sample comes first, and spills nothing.
        private bool Has() => Interlocked.Increment(ref _lines) > Lines && SpinWait.SpinUntil(hasHappened, Pause);
    }

    private async Task<JobReport> Run(
        Func<ISpillStore, ISpillStore> faulty, TimeSpan diskWait = default, IJob? job = null)
    {
        string text = string.Concat(Enumerable.Range(0, Lines).Select(i => $"line {i * 7919L % Lines:D5} {Rest}\n"));
        using InProcessEngine engine = new(
            new EngineOptions
            {
                MemoryBytes = 64 * 1024,
                Parallelism = 2,
                SpillDirectories = [_folder["spill"]],
                SegmentSize = 1024,
                DiskWait = diskWait,
            },
            new EnginePorts { Store = directories => faulty(new SpillStore(directories)) });
        return await engine.RunAsync(new JobRequest
        {
            Job = job ?? new SortJob(),
            Arguments = new JobArguments().Add("input", _folder.Write("in", text)).Add("out", _folder["out"]),
            Name = "test",
            Partitions = 2,
        }).WaitAsync(Deadline);
    }

    private void AssertSorted()
    {
        string[] parts = [.. Directory.GetFiles(_folder["out"], "part-*").Order(StringComparer.Ordinal)];
        string[] lines = [.. parts.SelectMany(File.ReadAllLines)];
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"line {i:D5} {Rest}"), lines);
    }

    private void AssertNoSpill() => Assert.False(Directory.Exists(_folder["spill"]), "Spill files are left.");
}
