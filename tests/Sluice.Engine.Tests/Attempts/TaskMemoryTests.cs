using Sluice.Jobs;

namespace Sluice.Engine.Tests;

public class TaskMemoryTests
{
    [Theory]
    [InlineData(0, 1000)]
    [InlineData(4000 * 1024, 1000)]
    [InlineData((4000 * 1024) + 1, 0)]
    [InlineData(1L << 40, 0)]
    public void Runs_are_kept_where_they_are_a_quarter_of_the_output(long bytes, int kept) =>
        Assert.Equal(kept, new TaskMemory(1, 0, 1, 12, 0, 0, 1000).ForOutput(bytes, 1024).Keep);

    [Theory]
    [InlineData(TaskMemory.LeastSegments)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void What_tasks_keep_leaves_the_next_one_in_their_slot_its_share(int segments)
    {
        JobArguments arguments = new JobArguments().Add("input", "x").Add("out", "y");
        JobPlan plan = Planner.Plan(
            Planner.Define(new SortJob(), arguments),
            arguments,
            new PlanOptions { InputBytes = 1 << 30, Splits = 3, Parallelism = 2, Partitions = 3 });
        StagePlan map = plan.Stages.First(stage => stage.Output is ShuffleOutput);
        foreach (int waves in new[] { 1, 2, 7 })
        {
            foreach (int limit in new[] { 12, 1024, int.MaxValue })
            {
                TaskMemory memory = TaskMemory.For(map, segments, limit, waves);

                Assert.InRange(memory.Keep, 0, segments);
                Assert.InRange(memory.Source, 1, segments / 32);
                Assert.InRange(
                    memory.Source + memory.Write + memory.Ring + memory.Table + (memory.Keep * waves), 0, segments);
                Assert.Equal(limit < segments / 2, memory.Keep > 0);
            }
        }
    }
}
