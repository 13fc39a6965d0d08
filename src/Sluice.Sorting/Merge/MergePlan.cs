namespace Sluice.Sorting;

/// <summary>Which runs a pass merges, when there are more than can be open at once.</summary>
/// <remarks>
/// The first pass takes just so many that every later one, the last merge included, is full (Knuth, The Art of Computer
/// Programming, vol. 3, 5.4.9). Only neighbours are merged, so that equal keys keep their order; among them those that
/// are smallest together, so that as few bytes as possible are written again.
/// </remarks>
internal static class MergePlan
{
    /// <summary>How many runs the next pass merges.</summary>
    /// <param name="count">Runs there are, more than <paramref name="fanIn"/>.</param>
    /// <param name="fanIn">Runs that may be open at once, at least 2.</param>
    public static int Width(int count, int fanIn)
    {
        int rest = (count - 1) % (fanIn - 1);
        return rest == 0 ? fanIn : rest + 1;
    }

    /// <summary>Where the <paramref name="width"/> neighbours start that are smallest together, the first of
    /// equals.</summary>
    public static int SmallestNeighbours(IReadOnlyList<long> sizes, int width)
    {
        long sum = 0;
        for (int i = 0; i < width; i++)
        {
            sum += sizes[i];
        }

        int best = 0;
        long smallest = sum;
        for (int start = 1; start + width <= sizes.Count; start++)
        {
            sum += sizes[start + width - 1] - sizes[start - 1];
            if (sum < smallest)
            {
                (best, smallest) = (start, sum);
            }
        }

        return best;
    }
}
