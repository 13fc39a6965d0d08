namespace Sluice.Sorting.Tests;

public class WritePathChoiceTests
{
    private const long Bytes = 1 << 20;

    [Fact]
    public void Each_way_is_measured_once_before_one_is_chosen()
    {
        WritePathChoice choice = new();

        Assert.Equal(WritePath.Direct, choice.Next());
        choice.Took(WritePath.Direct, Bytes, TimeSpan.FromMilliseconds(1));
        Assert.Equal(WritePath.Cached, choice.Next());
    }

    [Theory]
    [InlineData(1.0, 2.9, WritePath.Direct)]
    [InlineData(1.0, 3.1, WritePath.Cached)]
    [InlineData(5.0, 1.0, WritePath.Direct)]
    internal void A_cached_write_counts_three_times(double cached, double direct, WritePath expected)
    {
        WritePathChoice choice = new();
        choice.Took(WritePath.Cached, Bytes, TimeSpan.FromMilliseconds(cached));
        choice.Took(WritePath.Direct, Bytes, TimeSpan.FromMilliseconds(direct));

        Assert.Equal(expected, choice.Next());
    }

    [Fact]
    public void The_other_way_is_tried_again_and_taken_when_it_became_faster()
    {
        WritePathChoice choice = new();
        choice.Took(WritePath.Cached, Bytes, TimeSpan.FromMilliseconds(1));
        choice.Took(WritePath.Direct, Bytes, TimeSpan.FromMilliseconds(40));
        List<WritePath> paths = [];
        for (int i = 0; i < 600; i++)
        {
            WritePath path = choice.Next();
            paths.Add(path);

            // The cache has filled up: from now on it takes what the disk does.
            choice.Took(path, Bytes, TimeSpan.FromMilliseconds(path == WritePath.Direct ? 4 : 40));
        }

        Assert.All(
            paths[^128..].Chunk(64), chunk => Assert.InRange(chunk.Count(path => path == WritePath.Cached), 0, 2));
    }
}
