namespace Sluice.Sorting.Tests;

public class WritePathChoiceTests
{
    private const long Bytes = 1 << 20;

    [Theory]
    [InlineData(true, WritePath.Cached, WritePath.Direct)]
    [InlineData(false, WritePath.Direct, WritePath.Cached)]
    internal void Each_way_is_measured_once_before_one_is_chosen(bool isReadAgain, WritePath first, WritePath second)
    {
        WritePathChoice choice = new();

        Assert.Equal(first, choice.Next(isReadAgain));
        choice.Took(first, Bytes, TimeSpan.FromMilliseconds(1));
        Assert.Equal(second, choice.Next(isReadAgain));
    }

    [Theory]
    [InlineData(false, 1.0, 15.9, WritePath.Direct)]
    [InlineData(false, 1.0, 16.1, WritePath.Cached)]
    [InlineData(false, 5.0, 1.0, WritePath.Direct)]
    [InlineData(true, 1.0, 0.9, WritePath.Direct)]
    [InlineData(true, 1.0, 1.1, WritePath.Cached)]
    internal void A_cached_write_counts_sixteen_times_where_it_stays_and_once_where_it_is_read_again(
        bool isReadAgain, double cached, double direct, WritePath expected) =>
        Assert.Equal(expected, Measured(cached, direct).Next(isReadAgain));

    [Theory]
    [InlineData(0.6, 0, WritePath.Direct)]
    [InlineData(0.6, 1, WritePath.Cached)]
    [InlineData(0.4, 1, WritePath.Direct)]
    [InlineData(0.4, 2, WritePath.Cached)]
    internal void A_device_that_is_busy_counts_as_often_as_it_is_used(double direct, int others, WritePath expected)
    {
        WritePathChoice choice = Measured(cached: 1, direct);
        List<WritePathChoice.DeviceUse> uses = [.. Enumerable.Range(0, others).Select(_ => choice.UseDevice())];

        Assert.Equal(expected, choice.Next(isReadAgain: true));

        uses.ForEach(use => use.Dispose());
        Assert.Equal(WritePath.Direct, choice.Next(isReadAgain: true));
    }

    [Fact]
    public void A_write_that_shared_the_device_does_not_make_it_slower()
    {
        WritePathChoice choice = Measured(cached: 1, direct: 0.6);
        for (int i = 0; i < 20; i++)
        {
            choice.Took(WritePath.Direct, Bytes, TimeSpan.FromMilliseconds(1.8), others: 2);
        }

        Assert.Equal(WritePath.Direct, choice.Next(isReadAgain: true));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void The_other_way_is_tried_again_and_taken_when_it_became_faster(bool isReadAgain, int mostProbes)
    {
        WritePathChoice choice = Measured(cached: 1, direct: 40);
        List<WritePath> paths = [];
        for (int i = 0; i < 1200; i++)
        {
            WritePath path = choice.Next(isReadAgain);
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
