using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Jobs.Tests;

/// <summary>Made-up numbers of stages, and what they say.</summary>
public sealed class BottleneckFinderTests
{
    [Fact]
    public void Tasks_at_work_are_bound_by_processors()
    {
        Bottleneck found = BottleneckFinder.Find([Stage(seconds: 10, tasks: 4, taskSeconds: 40)]);

        Assert.Equal(BottleneckKind.Cpu, found.Kind);
        Assert.StartsWith(
            "Stage 1 (map) is bound by processors: its tasks were at work 100 % of their time;",
            found.Sentence,
            StringComparison.Ordinal);
        Assert.Equal(40, found.Evidence["busySeconds"]);
    }

    [Theory]
    [InlineData(16, 0, 0, "reading inputs 40 %")]
    [InlineData(0, 16, 0, "reading spill files 40 %")]
    [InlineData(0, 0, 16, "writing parts 40 %")]
    public void Tasks_that_wait_for_files_wait_for_disks(double input, double spillRead, double output, string evidence)
    {
        Bottleneck found = BottleneckFinder.Find(
            [Stage(seconds: 10, tasks: 4, taskSeconds: 40, waits: new WaitTimes(input, spillRead, 0, 0, 0, output))]);

        Assert.Equal(BottleneckKind.Disk, found.Kind);
        Assert.Contains("waits for disks: 40 % of its tasks' time", found.Sentence, StringComparison.Ordinal);
        Assert.Contains(evidence, found.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, BottleneckKind.Disk, "writing them 50 %")]
    [InlineData(1, BottleneckKind.Cpu, "50 % of it sorting and spilling")]
    public void A_full_ring_waits_for_the_disk_or_for_the_processor_that_sorts(
        double writeSeconds, BottleneckKind kind, string evidence)
    {
        StageReport stage =
            Stage(seconds: 10, tasks: 2, taskSeconds: 20, waits: WaitTimes.Zero with { Spill = 10 }) with
        {
            Times = PhaseTimes.Zero with { Tasks = 20, Sort = 4, Spill = 6 },
            SpillWriteSeconds = writeSeconds,
        };

        Bottleneck found = BottleneckFinder.Find([stage]);

        Assert.Equal(kind, found.Kind);
        Assert.Contains(evidence, found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_that_wait_for_blocks_wait_for_the_network()
    {
        Bottleneck found = BottleneckFinder.Find(
            [Stage(seconds: 10, tasks: 4, taskSeconds: 40, waits: new WaitTimes(1, 1, 20, 2, 1, 1))]);

        Assert.Equal(BottleneckKind.Network, found.Kind);
        Assert.Contains("waits for the network: 50 % of its tasks' time", found.Sentence, StringComparison.Ordinal);
        Assert.Equal((20, 50), (found.Evidence["fetchSeconds"], found.Evidence["percent"]));
    }

    [Fact]
    public void Tasks_that_wait_for_segments_wait_for_memory()
    {
        Bottleneck found = BottleneckFinder.Find(
            [Stage(seconds: 10, tasks: 4, taskSeconds: 40, waits: new WaitTimes(1, 1, 2, 12, 1, 1))]);

        Assert.Equal(BottleneckKind.Memory, found.Kind);
        Assert.Contains("waits for memory: 30 % of its tasks' time", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_that_write_all_again_lack_memory_and_not_disks()
    {
        StageReport stage = Stage(seconds: 10, tasks: 2, taskSeconds: 20, waits: new WaitTimes(0, 6, 0, 0, 4, 0)) with
        {
            Times = PhaseTimes.Zero with { Tasks = 20, MergePasses = 12 },
            MergePasses = 3,
            SpilledBytes = 30_000_000,
            RewrittenBytes = 20_000_000,
        };

        Bottleneck found = BottleneckFinder.Find([stage]);

        Assert.Equal(BottleneckKind.Memory, found.Kind);
        Assert.Contains(
            "too little memory: 3 merge passes wrote 20 MB again and took 60 %",
            found.Sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_task_with_much_more_to_read_is_a_hot_partition()
    {
        StageReport stage = Stage(seconds: 12, tasks: 4, taskSeconds: 15) with
        {
            RecordsIn = 4000,
            Skew = 3.4,
            Longest = new LongestTask(2, 11, 3400, "local"),
        };

        Bottleneck found = BottleneckFinder.Find([stage]);

        Assert.Equal(BottleneckKind.HotPartition, found.Kind);
        Assert.Contains(
            "task 2 read 3.4 times the records of the average task and took 11.0 of the stage's 12.0 s",
            found.Sentence,
            StringComparison.Ordinal);
        Assert.Equal(2, found.Evidence["task"]);
    }

    [Theory]
    [InlineData(1.9, 3400, 11)]
    [InlineData(3.4, 1000, 11)]
    [InlineData(3.4, 3400, 4)]
    public void A_partition_is_not_hot_that_is_even_or_short(double skew, long records, double seconds)
    {
        StageReport stage = Stage(seconds: 12, tasks: 4, taskSeconds: 40) with
        {
            RecordsIn = 4000,
            Skew = skew,
            Longest = new LongestTask(2, seconds, records, "local"),
        };

        Assert.Equal(BottleneckKind.Cpu, BottleneckFinder.Find([stage]).Kind);
    }

    [Fact]
    public void A_silo_that_does_half_of_the_others_work_in_its_time_is_slow()
    {
        StageReport stage = Stage(seconds: 10, tasks: 6, taskSeconds: 60) with
        {
            Silos =
            [
                new SiloShare("a:1", 2, 20, 20_000),
                new SiloShare("b:1", 2, 20, 8_000),
                new SiloShare("c:1", 2, 20, 20_000),
            ],
        };

        Bottleneck found = BottleneckFinder.Find([stage]);

        Assert.Equal(BottleneckKind.SlowSilo, found.Kind);
        Assert.Contains(
            "one slow silo: b:1 did 400 records a second in each task, 40 % of the 1000 that the other 2 silos did",
            found.Sentence,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(14_000, 20)]
    [InlineData(400, 1)]
    public void A_silo_is_not_slow_that_nearly_keeps_up_or_did_next_to_nothing(long records, double seconds)
    {
        StageReport stage = Stage(seconds: 10, tasks: 4, taskSeconds: 40) with
        {
            Silos = [new SiloShare("a:1", 2, 20, 20_000), new SiloShare("b:1", 2, seconds, records)],
        };

        Assert.Equal(BottleneckKind.Cpu, BottleneckFinder.Find([stage]).Kind);
    }

    [Fact]
    public void Time_that_goes_to_several_things_names_none()
    {
        Bottleneck found = BottleneckFinder.Find(
            [Stage(seconds: 10, tasks: 4, taskSeconds: 40, waits: new WaitTimes(3, 2, 9, 6, 1, 3))]);

        Assert.Equal(BottleneckKind.None, found.Kind);
        Assert.Contains(
            "Nothing stands out: stage 1 (map) took the longest with 10.0 s", found.Sentence, StringComparison.Ordinal);
        Assert.Contains("back-pressured 25 % and idle 35 %", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_jobs_and_jobs_without_work_have_no_bottleneck()
    {
        Assert.Equal(BottleneckKind.None, BottleneckFinder.Find([]).Kind);
        Assert.Equal(
            BottleneckKind.None, BottleneckFinder.Find([Stage(seconds: 0.04, tasks: 1, taskSeconds: 0.04)]).Kind);
        Assert.Equal(BottleneckKind.None, BottleneckFinder.Find([Stage(seconds: 5, tasks: 1, taskSeconds: 0)]).Kind);
    }

    [Fact]
    public void The_stage_that_took_the_longest_is_looked_at()
    {
        StageReport quick = Stage(seconds: 2, tasks: 4, taskSeconds: 8, waits: WaitTimes.Zero with { Fetch = 7 });

        Bottleneck found = BottleneckFinder.Find(
            [quick, Stage(seconds: 10, tasks: 4, taskSeconds: 40) with { Id = 2, Name = "reduce" }]);

        Assert.StartsWith("Stage 2 (reduce)", found.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(7, 3, 9)]
    [InlineData(0.001, 0.0003, 0.0003)]
    public void Shares_add_up_to_100(double seconds, double input, double memory)
    {
        TimeShares shares = TimeShares.Of(seconds, WaitTimes.Zero with { Input = input, Memory = memory });

        Assert.Equal(100, shares.Busy + shares.BackPressured + shares.Idle, 9);
        Assert.All([shares.Busy, shares.BackPressured, shares.Idle], share => Assert.InRange(share, 0, 100));
    }

    [Fact]
    public void A_report_keeps_it_as_JSON()
    {
        JobReport report =
            Report() with { Bottleneck = BottleneckFinder.Find([Stage(seconds: 10, tasks: 4, taskSeconds: 40)]) };

        string json = report.ToJson();
        JobReport read = JobReport.FromJson(json);

        JsonElement bottleneck = JsonDocument.Parse(json).RootElement.GetProperty("bottleneck");
        Assert.Equal("cpu", bottleneck.GetProperty("kind").GetString());
        Assert.Equal(40, bottleneck.GetProperty("evidence").GetProperty("taskSeconds").GetDouble());
        Assert.Equal(report.Bottleneck!.Sentence, read.Bottleneck!.Sentence);
        Assert.Equal(BottleneckKind.Cpu, read.Bottleneck.Kind);
    }

    [Fact]
    public void A_report_of_an_earlier_version_can_be_read_and_says_what_it_can()
    {
        JobReport report = Report() with { Stages = [Stage(seconds: 10, tasks: 4, taskSeconds: 40)] };
        JsonNode json = JsonNode.Parse(report.ToJson())!;
        JsonObject stage = json["stages"]![0]!.AsObject();
        string[] later = ["waits", "shares", "silos", "longest", "spillWriteSeconds"];
        Assert.All(later, name => Assert.True(stage.Remove(name), name));

        JobReport read = JobReport.FromJson(json.ToJsonString());

        Assert.Null(read.Bottleneck);
        Assert.Equal(WaitTimes.Zero, read.Stages[0].Waits);
        Assert.Equal(100, read.Stages[0].Shares.Busy);
        Assert.Empty(read.Stages[0].Silos);
        Assert.Equal(BottleneckKind.Cpu, BottleneckFinder.Find(read.Stages).Kind);
    }

    private static StageReport Stage(double seconds, int tasks, double taskSeconds, WaitTimes? waits = null) => new()
    {
        Id = 1,
        Name = "map",
        Tasks = tasks,
        Attempts = tasks,
        Seconds = seconds,
        RecordsIn = 1000 * tasks,
        RecordsOut = 1000 * tasks,
        Spills = 0,
        SpilledBytes = 0,
        MergePasses = 0,
        RewrittenBytes = 0,
        Combined = default,
        Times = PhaseTimes.Zero with { Tasks = taskSeconds },
        Waits = waits ?? WaitTimes.Zero,
        Shares = TimeShares.Of(taskSeconds, waits ?? WaitTimes.Zero),
        Skew = 1,
    };

    private static JobReport Report() => new()
    {
        Id = "1",
        Name = "job",
        Status = "succeeded",
        Seconds = 1,
        TraceId = new string('0', 32),
        Records = new RecordCounts(1, 1, 1),
        Bytes = new ByteCounts(1, 1, 1, 1),
        PeakMemoryBytes = 1,
        Certificate = new Certificate(1, ""),
        Stages = [],
        Output = "out",
        Parts = 1,
        Warnings = [],
    };
}
