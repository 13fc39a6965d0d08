namespace Sluice.Sorting.Tests;

public class WritePathChoiceTests
{
    private const long Bytes = 1 << 20;

    [Theory]
    [InlineData(WriteUse.ReadAgain, WritePath.Cached, WritePath.Direct)]
    [InlineData(WriteUse.Kept, WritePath.Direct, WritePath.Cached)]
    [InlineData(WriteUse.Awaited, WritePath.Direct, WritePath.Cached)]
    internal void Each_way_is_measured_once_before_one_is_chosen(WriteUse use, WritePath first, WritePath second)
    {
        WritePathChoice choice = new();

        Assert.Equal(first, choice.Next(use));
        choice.Took(first, Bytes, TimeSpan.FromMilliseconds(1));
        Assert.Equal(second, choice.Next(use));
    }

    [Theory]
    [InlineData(WriteUse.Kept, 1.0, 15.9, WritePath.Direct)]
    [InlineData(WriteUse.Kept, 1.0, 16.1, WritePath.Cached)]
    [InlineData(WriteUse.Kept, 5.0, 1.0, WritePath.Direct)]
    [InlineData(WriteUse.Awaited, 1.0, 0.9, WritePath.Direct)]
    [InlineData(WriteUse.Awaited, 1.0, 1.1, WritePath.Cached)]
    [InlineData(WriteUse.ReadAgain, 1.0, 1.9, WritePath.Direct)]
    [InlineData(WriteUse.ReadAgain, 1.0, 2.1, WritePath.Cached)]
    internal void A_cached_write_counts_more_where_it_stays_and_nobody_waits_for_it(
        WriteUse use, double cached, double direct, WritePath expected) =>
        Assert.Equal(expected, Measured(cached, direct).Next(use));

    [Theory]
    [InlineData(WriteUse.ReadAgain, 2)]
    [InlineData(WriteUse.Awaited, 2)]
    [InlineData(WriteUse.Kept, 1)]
    internal void The_other_way_is_tried_again_and_taken_when_it_became_faster(WriteUse use, int mostProbes)
    {
        WritePathChoice choice = Measured(cached: 1, direct: 40);
        List<WritePath> paths = [];
        for (int i = 0; i < 1200; i++)
        {
            WritePath path = choice.Next(use);
            paths.Add(path);

            // The cache has filled up: from now on it takes what the disk does.
            choice.Took(path, Bytes, TimeSpan.FromMilliseconds(path == WritePath.Direct ? 4 : 40));
        }

        Assert.Contains(WritePath.Cached, paths[^256..]);
        Assert.All(
            paths[^128..].Chunk(64),
            chunk => Assert.InRange(chunk.Count(path => path == WritePath.Cached), 0, mostProbes));
    }

    private static WritePathChoice Measured(double cached, double direct)
    {
        WritePathChoice choice = new();
        choice.Took(WritePath.Cached, Bytes, TimeSpan.FromMilliseconds(cached));
        choice.Took(WritePath.Direct, Bytes, TimeSpan.FromMilliseconds(direct));
        return choice;
    }
}
