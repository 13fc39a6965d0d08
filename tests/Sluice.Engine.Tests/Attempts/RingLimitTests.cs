using Sluice.Sorting;

namespace Sluice.Engine.Tests;

public class RingLimitTests
{
    private const int SegmentSize = 32 * 1024;

    [Fact]
    public void Output_of_unknown_size_may_take_all_of_the_task_s_memory() =>
        Assert.Equal(int.MaxValue, RingLimit.Segments(0, 8, 4, 4096, SegmentSize));

    [Theory]
    [InlineData(1 << 20, 1, 4096, 32)]
    [InlineData(64L << 20, 1, 4096, 32)]
    [InlineData(9L << 20, 2, 1024, 12)]
    [InlineData(30L << 20, 1, 2048, 25)]
    public void Output_that_fits_the_task_s_memory_gets_a_ring_that_leaves_room_for_it(
        long taskBytes, int waves, int segments, int mebibytes) => Assert.Equal(
            mebibytes, RingLimit.Segments(taskBytes, 8, waves, segments, SegmentSize) / (1 << 20 >> 15));

    [Theory]
    [InlineData(125L << 20, 8, 4096, 32)]
    [InlineData(128L << 20, 80, 4096, 160)]
    [InlineData(128L << 20, 800, 4096, 1600)]
    [InlineData(125L << 20, 8, 128, 125)]
    public void Output_that_is_spilled_gets_a_ring_of_a_few_cached_megabytes_until_the_runs_were_too_many(
        long taskBytes, int tasks, int segments, int mebibytes) => Assert.Equal(
            mebibytes, RingLimit.Segments(taskBytes, tasks, 4, segments, SegmentSize) / (1 << 20 >> 15));

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void The_limit_is_never_less_than_a_ring_needs_and_the_runs_are_never_more_than_a_gate_merges_at_once(
        int waves)
    {
        for (int segments = TaskMemory.LeastSegments; segments < 100_000; segments *= 2)
        {
            for (long taskBytes = 1000; taskBytes < 1L << 45; taskBytes *= 10)
            {
                int ring = RingLimit.Segments(taskBytes, 100, waves, segments, SegmentSize);
                Assert.InRange(ring, MapOutputOptions.MinimumSegments, int.MaxValue);
                long memory = (long)segments * SegmentSize;
                long fills = 100 * taskBytes / Math.Max(1, Math.Min(ring, segments) * (long)SegmentSize / 2);
                Assert.True(fills <= segments || ring >= segments / 2, $"{fills} runs with {memory} bytes a task.");
            }
        }
    }
}
