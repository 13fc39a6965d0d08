namespace Sluice.Sorting.Tests;

public class MergePlanTests
{
    [Fact]
    public void After_the_first_pass_all_passes_and_the_last_merge_are_full()
    {
        for (int fanIn = 2; fanIn < 20; fanIn++)
        {
            for (int count = fanIn + 1; count < 200; count++)
            {
                int left = count - MergePlan.Width(count, fanIn) + 1;
                while (left > fanIn)
                {
                    Assert.Equal(fanIn, MergePlan.Width(left, fanIn));
                    left -= fanIn - 1;
                }

                Assert.Equal(fanIn, left);
            }
        }
    }

    [Fact]
    public void The_neighbours_chosen_are_the_smallest_together()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            long[] sizes = [.. Enumerable.Range(0, random.Next(2, 30)).Select(_ => (long)random.Next(50))];
            int width = random.Next(1, sizes.Length + 1);

            int start = MergePlan.SmallestNeighbours(sizes, width);

            int[] starts = [.. Enumerable.Range(0, sizes.Length - width + 1)];
            Assert.Equal(starts.MinBy(at => sizes.Skip(at).Take(width).Sum()), start);
        }
    }
}
