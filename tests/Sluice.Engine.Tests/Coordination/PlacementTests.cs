using Sluice.Jobs;

namespace Sluice.Engine.Tests;

/// <summary>Tasks are read where their input lies, when a slot is free there; no slot stays empty for that.</summary>
public sealed class PlacementTests
{
    [Fact]
    public void Each_of_two_workers_gets_the_tasks_near_it()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 4, partitions: 1));

        job.Tell(new WorkerJoined("a", 0) { Near = [Map(0), Map(1)] });
        job.Tell(new WorkerJoined("b", 1) { Near = [Map(2), Map(3)] });
        IEnumerable<(int, int, int, string)> first = [.. job.Started];
        job.Tell(new WorkerJoined("a", 1) { Near = [Map(0), Map(1)] });
        IEnumerable<(int, int, int, string)> second = [.. job.Started];
        job.Succeed(0, 2, 1);

        Assert.Equal([(0, 2, 1, "b")], first);
        Assert.Equal([(0, 0, 1, "a")], second);
        Assert.Equal([(0, 3, 1, "b")], job.Started);
    }

    [Fact]
    public void A_free_slot_elsewhere_takes_what_is_left()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 3, partitions: 1));

        job.Tell(new WorkerJoined("a", 0) { Near = [Map(0), Map(1), Map(2)] }).Join("b", 2);

        Assert.Equal([(0, 0, 1, "b"), (0, 1, 1, "b")], job.Started);
    }

    [Fact]
    public void A_task_that_failed_near_its_input_is_tried_elsewhere()
    {
        DrivenJob job = new(Plans.Shuffle(maps: 1, partitions: 1));
        job.Tell(new WorkerJoined("a", 1) { Near = [Map(0)] }).Join("b", 1);

        job.Fail(0, 0, 1, "its disk");

        Assert.Equal([(0, 0, 2, "b")], job.Started);
    }

    [Fact]
    public void A_task_is_near_when_more_than_half_of_what_it_reads_lies_there()
    {
        using TestFolder folder = new();
        string here = Path.GetDirectoryName(folder.Write("here/1", new byte[40_000_000]))!;
        string there = Path.GetDirectoryName(folder.Write("here-too/2", new byte[40_000_000]))!;
        JobArguments arguments =
            new JobArguments().Add("input", here, there).Add("out", folder["out"]).Add("format", "gensort");
        JobPreparation job = JobPreparation.Of(new SortJob(), arguments, partitions: 1, parallelism: 1);

        IReadOnlyList<TaskId> near = job.TasksNear([here + Path.DirectorySeparatorChar]);
        string[] files = [.. near.Select(task => job.Catalog.Files[job.Splits[task.Index][0].File].Path)];

        Assert.NotEmpty(near);
        Assert.True(near.Count < job.Splits.Count, "Not all is near.");
        Assert.All(files, file => Assert.Equal(here, Path.GetDirectoryName(file)));
        Assert.Equal(job.Splits.Count, job.TasksNear([folder.Root]).Count);
        Assert.Empty(job.TasksNear([]));
    }

    private static TaskId Map(int index) => new(new StageId(0), index);
}
