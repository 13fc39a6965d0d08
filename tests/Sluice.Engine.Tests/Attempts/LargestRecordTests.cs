using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

public class LargestRecordTests
{
    [Theory]
    [InlineData(48, 1024, 24 * 1024)]
    [InlineData(131_072, 32 * 1024, 2_147_483_591)]
    [InlineData(1_000_000, 32 * 1024, 2_147_483_591)]
    public void The_longest_record_is_half_of_the_memory_and_fits_an_array(int segments, int segmentSize, long longest)
    {
        using TestPool pool = new(1, 64);

        Assert.Equal(longest, TaskContexts.Of(pool, segments, segmentSize).LargestRecord);
    }
}
