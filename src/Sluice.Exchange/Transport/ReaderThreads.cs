namespace Sluice.Exchange;

/// <summary>Sees to it that reads of spilled blocks find a thread of the runtime's pool at once.</summary>
/// <remarks>
/// They sleep while a device works, and a pool that has as many threads as there are processors adds one only twice a
/// second. Process-wide, and only ever more: what a host has set higher stays.
/// </remarks>
internal static class ReaderThreads
{
    private const int Fewest = 8;
    private const int PerProcessor = 2;

    /// <summary>Raises the least number of the pool's threads, where it is lower.</summary>
    public static void Prepare()
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        int wanted = Math.Max(Fewest, PerProcessor * Environment.ProcessorCount);
        if (workers < wanted)
        {
            ThreadPool.SetMinThreads(wanted, ports);
        }
    }
}
