namespace Sluice.Buffers;

/// <summary>As many slabs as a number of segments takes, each large enough to count in huge pages.</summary>
internal static class Slabs
{
    private const int SlabSize = 16 * 1024 * 1024;

    /// <summary>All slabs or none: what was allocated before a failure is given back.</summary>
    public static MemorySlab[] Allocate(int segmentCount, int segmentSize)
    {
        int perSlab = Math.Max(1, SlabSize / segmentSize);
        var slabs = new List<MemorySlab>();
        try
        {
            for (int left = segmentCount; left > 0; left -= perSlab)
            {
                slabs.Add(new MemorySlab(Math.Min(left, perSlab), segmentSize));
            }
        }
        catch (OutOfMemoryException)
        {
            slabs.ForEach(slab => slab.Dispose());
            throw;
        }

        return [.. slabs];
    }
}
