using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>What a silo gives to shuffles: section `Sluice` of its configuration.</summary>
public sealed class SluiceSiloOptions
{
    /// <summary>Bytes of the silo's one pool; 0 is the smaller of 1 GiB and a quarter of the machine.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>Bytes of one memory segment, a power of two.</summary>
    public int SegmentSize { get; set; } = 32 * 1024;

    /// <summary>Tasks that run at once; 0 takes none, and none given is one for each core.</summary>
    public int? Slots { get; set; }

    /// <summary>Where tasks spill; the temporary directory when none is given.</summary>
    public IList<string> SpillDirectories { get; set; } = [];

    /// <summary>
    /// Directories that all silos reach and whose files lie on this silo's own disks: it is asked first to read them.
    /// </summary>
    public IList<string> NearDirectories { get; set; } = [];

    /// <summary>How long a task waits for room when a disk is full; zero fails at once.</summary>
    public TimeSpan DiskWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a silo that stops waits for its tasks to end and its outputs to be fetched.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Where ended jobs are remembered, a directory that every silo reaches; empty remembers none.</summary>
    public string HistoryDirectory { get; set; } = "";

    /// <summary>Job classes that this silo can run, by name.</summary>
    public Jobs.JobCatalog Jobs { get; } = new();

    /// <summary>
    /// The least memory that a silo with so many slots runs with, bytes: one share more serves fetches.
    /// </summary>
    public static long LeastMemory(int slots, int segmentSize = 32 * 1024) =>
        EngineOptions.LeastMemory(Math.Max(slots, 1) + 1, segmentSize);

    internal long EffectiveMemoryBytes => MemoryBytes > 0
        ? MemoryBytes
        : Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    internal string[] EffectiveNearDirectories => [.. NearDirectories.Select(Path.GetFullPath)];

    internal int EffectiveSlots => Slots ?? Environment.ProcessorCount;

    internal IReadOnlyList<string> EffectiveSpillDirectories =>
        SpillDirectories.Count == 0 ? [Path.GetTempPath()] : [.. SpillDirectories];
}
