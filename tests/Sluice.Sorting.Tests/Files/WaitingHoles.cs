namespace Sluice.Sorting.Tests;

/// <summary>A disk whose holes wait for the device, as those of XFS do.</summary>
internal static class WaitingHoles
{
    /// <summary>As if the last holes had waited.</summary>
    public static void On(WritePathChoice disk)
    {
        for (int i = 0; i < 16; i++)
        {
            disk.Holes.Took(TimeSpan.FromMilliseconds(1), hasWaited: true);
        }
    }
}
