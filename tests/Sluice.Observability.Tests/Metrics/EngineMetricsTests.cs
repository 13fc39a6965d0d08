using System.Diagnostics.Metrics;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Observability.Tests;

/// <summary>What the instruments tell of a job in this process is what its report tells.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class EngineMetricsTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    // Told by owner, so only when somebody holds or waits.
    private static readonly string[] OfOwners =
        [InstrumentNames.PoolOrphaned, InstrumentNames.PoolWaiters, InstrumentNames.PoolLongestWait];

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-metrics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [Seeded(1, 2, 512, 20_000, 4, Long = 10)]
    [Seeded(2, 1, 512, 30_000, 40, Long = 10)]
    [Seeded(3, 3, 32768, 20_000, 3, Long = 10)]
    public async Task Counts_of_a_job_agree_with_its_report(
        int seed, int parallelism, int segmentSize, int count, int partitions)
    {
        using MeasurementRecorder recorder = new();
        IReadOnlyList<Measured> before = recorder.Ask();

        JobReport report = await SortAsync(seed, parallelism, segmentSize, count, partitions);
        IReadOnlyList<Measured> after = recorder.Ask();

        double Grown(string instrument, params (string Name, string Value)[] tags) =>
            after.Sum(instrument, tags) - before.Sum(instrument, tags);
        Assert.Equal(
            report.Records.In,
            Grown(InstrumentNames.Records, (MeasurementNames.Flow, "in"), (MeasurementNames.Stage, "map")));
        Assert.Equal(report.Records.Shuffled, Grown(InstrumentNames.Records, (MeasurementNames.Flow, "shuffled")));
        Assert.Equal(report.Records.Out, Grown(InstrumentNames.Records, (MeasurementNames.Flow, "out")));
        Assert.Equal(report.Bytes.Shuffled, Grown(InstrumentNames.Io, (MeasurementNames.Flow, "shuffled")));
        Assert.Equal(report.Bytes.Out, Grown(InstrumentNames.Io, (MeasurementNames.Flow, "out")));
        Assert.Equal(report.Bytes.Spilled, Grown(InstrumentNames.Io, (MeasurementNames.Flow, "spilled")));
        Assert.True(
            Grown(InstrumentNames.Io, (MeasurementNames.Flow, "in"), (MeasurementNames.Stage, "map"))
                >= report.Bytes.In);
        Assert.Equal(report.Stages.Sum(stage => stage.Spills), Grown(InstrumentNames.Spills));
        Assert.Equal(report.Stages.Sum(stage => stage.MergePasses), Grown(InstrumentNames.MergePasses));
        Assert.Equal(report.Stages.Sum(stage => stage.RewrittenBytes), Grown(InstrumentNames.Rewritten));
        Assert.Equal(
            report.Bytes.Spilled > 0, Grown(InstrumentNames.DiskIo, (MeasurementNames.Direction, "write")) > 0);
        Assert.Equal(
            report.Stages.Sum(stage => stage.Attempts),
            recorder.Told.Sum(InstrumentNames.Attempts, (MeasurementNames.Outcome, "succeeded")));
        Assert.Equal(1, recorder.Told.Sum(InstrumentNames.Jobs, (MeasurementNames.Outcome, "succeeded")));
        Assert.Equal(
            report.Stages.Where(stage => stage.Name != "sample").Select(stage => stage.Skew).Order(),
            recorder.Told.Where(one => one.Instrument == InstrumentNames.StageSkew).Select(one => one.Value).Order());
        Assert.Equal(report.Stages.Sum(stage => stage.Times.Tasks), Grown(InstrumentNames.TaskTime), 0.2);
    }

    [Fact]
    public async Task Busy_back_pressured_and_idle_are_all_of_each_tasks_time()
    {
        using MeasurementRecorder recorder = new();

        JobReport report = await SortAsync(4, 2, 512, 20_000, 6);

        Measured[] shares = [.. recorder.Told.Where(one => one.Instrument == InstrumentNames.TaskShare)];
        Assert.All(shares, share => Assert.InRange(share.Value, 0, 1));
        string[] states = ["busy", "back-pressured", "idle"];

        // An attempt tells its three one after the other; another one's may come between, so they are matched by stage.
        foreach (string stage in report.Stages.Select(stage => stage.Name))
        {
            Measured[][] own =
                [.. states.Select(state => shares
                    .Where(share => share.Has((MeasurementNames.Stage, stage), (MeasurementNames.TaskState, state)))
                    .ToArray())];
            Assert.All(own, one => Assert.Equal(report.Stages.Single(of => of.Name == stage).Attempts, one.Length));
            Assert.Equal(own[0].Length, own.Sum(state => state.Sum(share => share.Value)), 9);
        }

        Assert.All(report.Stages, stage =>
        {
            Assert.Equal(100, stage.Shares.Busy + stage.Shares.BackPressured + stage.Shares.Idle, 9);
            Assert.True(stage.Waits.Idle() + stage.Waits.BackPressured() <= stage.Times.Tasks + 0.01);
        });
        Assert.True(report.Stages.Sum(stage => stage.Waits.Input) > 0, "Reading files takes time.");
        Assert.True(report.Stages.Sum(stage => stage.Waits.SpillRead) > 0, "Reading spill files takes time.");
    }

    [Fact]
    public async Task While_a_job_runs_its_pool_slots_and_disks_are_told_and_afterwards_they_are_not()
    {
        using MeasurementRecorder recorder = new();
        List<IReadOnlyList<Measured>> seen = [];
        string[] gauges =
        [
            InstrumentNames.PoolLimit, InstrumentNames.PoolFree, InstrumentNames.PoolLent, InstrumentNames.PoolOrphaned,
            InstrumentNames.PoolWaiters,
            InstrumentNames.PoolLongestWait,
            InstrumentNames.SlotLimit,
            InstrumentNames.SlotsUsed,
            InstrumentNames.SlotsQueued, InstrumentNames.DiskFree, InstrumentNames.DiskLimit,
        ];

        await SortAsync(5, 2, 512, 40_000, 6, new Told(_ => seen.Add(recorder.Ask())));
        IReadOnlyList<Measured> after = recorder.Ask();

        Assert.NotEmpty(seen);
        Assert.Contains(seen, now => now.Sum(InstrumentNames.SlotsUsed) > 0);
        Assert.Contains(seen, now => now.Sum(InstrumentNames.PoolLent, (MeasurementNames.PoolUse, "task")) > 0);
        Assert.Contains(seen, now => now.Sum(InstrumentNames.JobsRunning) == 1);
        Assert.All(seen, now =>
        {
            Assert.Empty(
                gauges.Except(now.Select(one => one.Instrument)).Except([.. OfOwners, InstrumentNames.PoolLent]));
            Assert.Equal(2, now.Sum(InstrumentNames.SlotLimit));
            Assert.Equal(128, now.Sum(InstrumentNames.PoolLimit));
            Assert.True(
                now.Sum(InstrumentNames.DiskFree) > 0
                && now.Sum(InstrumentNames.DiskFree) <= now.Sum(InstrumentNames.DiskLimit));
            Assert.Equal(0, now.Sum(InstrumentNames.PoolOrphaned));
        });
        Assert.DoesNotContain(after, one => gauges.Contains(one.Instrument));
        Assert.Equal(0, after.Sum(InstrumentNames.JobsRunning));
    }

    [Fact]
    public async Task Counters_never_fall_while_attempts_come_and_go()
    {
        using MeasurementRecorder recorder = new();
        Dictionary<string, double> last = [];
        List<string> fallen = [];
        void Look(JobProgress progress)
        {
            foreach (Measured now in recorder.Ask().Where(one => IsCounter(recorder.Instruments[one.Instrument])))
            {
                string key =
                    $"{now.Instrument} {string.Join(' ', now.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))}";
                if (now.Value < last.GetValueOrDefault(key))
                {
                    fallen.Add($"{key}: {last[key]} to {now.Value}");
                }

                last[key] = now.Value;
            }
        }

        await SortAsync(6, 3, 512, 40_000, 30, new Told(Look));
        Look(null!);

        Assert.Empty(fallen);
        Assert.NotEmpty(last);
    }

    [Fact]
    public async Task A_job_that_fails_is_counted_with_its_attempts()
    {
        using MeasurementRecorder recorder = new();
        string input = Write("in", ["a", new string('x', 4000), "b"]);

        await Assert.ThrowsAsync<SluiceException>(() => RunAsync(input, 1, 64, 1, null));

        Assert.Equal(1, recorder.Told.Sum(InstrumentNames.Jobs, (MeasurementNames.Outcome, "failed")));
        Assert.True(recorder.Told.Sum(InstrumentNames.Attempts, (MeasurementNames.Outcome, "failed")) > 0);
        Assert.Equal(0, recorder.Told.Sum(InstrumentNames.CertificateMismatches));
        Assert.Equal(0, recorder.Ask().Sum(InstrumentNames.JobsRunning));
    }

    [Fact]
    public async Task Every_instrument_that_is_named_exists_and_is_on_the_page_with_its_kind_and_unit()
    {
        using MeasurementRecorder recorder = new();

        await SortAsync(7, 1, 512, 100, 1);

        string[] named =
        [
            .. typeof(InstrumentNames).GetFields().Select(constant => (string)constant.GetRawConstantValue()!),
        ];
        string page = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "observability.md"), TestContext.Current.CancellationToken);
        Assert.Empty(named.Except(recorder.Instruments.Keys));
        Assert.All(named.Select(name => recorder.Instruments[name]), instrument =>
        {
            Assert.Matches("^(By|s|1|\\{[a-z]+\\})$", instrument.Unit);
            Assert.Matches("^[A-Z].*\\.$", instrument.Description);
            Assert.Contains(
                $"| `{instrument.Name}` | {KindOf(instrument)} | `{instrument.Unit}` |",
                page,
                StringComparison.Ordinal);
        });
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().GetGenericTypeDefinition().Name.Replace("Observable", "", StringComparison.Ordinal) switch
        {
            "Counter`1" => "counter",
            "UpDownCounter`1" => "up-down counter",
            "Gauge`1" => "gauge",
            _ => "histogram",
        };

    private static bool IsCounter(Instrument instrument) =>
        instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);

    private Task<JobReport> SortAsync(
        int seed, int parallelism, int segmentSize, int count, int partitions, IProgress<JobProgress>? progress = null)
    {
        Random random = new(seed);
        string[] lines =
            [.. Enumerable.Range(0, count)
                .Select(_ => $"{random.Next(100_000):D6} {new string('x', random.Next(40))}")];
        return RunAsync(Write($"in-{seed}", lines), parallelism, segmentSize, partitions, progress);
    }

    private async Task<JobReport> RunAsync(
        string input, int parallelism, int segmentSize, int partitions, IProgress<JobProgress>? progress)
    {
        using InProcessEngine engine = new(new EngineOptions
        {
            MemoryBytes = 64L * parallelism * segmentSize,
            Parallelism = parallelism,
            SegmentSize = segmentSize,
            SpillDirectories = [Path.Combine(_folder, "spill")],
        });
        return await engine.RunAsync(
            new JobRequest
            {
                Job = new SortJob(),
                Arguments = new JobArguments().Add("input", input).Add("out", Path.Combine(_folder, "out")),
                Name = "measured",
                Partitions = partitions,
            },
            progress,
            TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    private string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    /// <summary>Told on the job's own thread, without a queue between.</summary>
    private sealed class Told(Action<JobProgress> take) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => take(value);
    }
}
