using Sluice.Buffers;
using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>A silo's one pool: a share of it serves fetches from files, the rest is the tasks'.</summary>
/// <remarks>
/// Ownership: owns the pool; what is lent when it is disposed belongs to the pool still. Threading: any thread.
/// </remarks>
internal sealed class SiloMemory : IDisposable
{
    // Enough for a few fetches at once from files; what lies in memory needs none.
    private const int FewestServingSegments = 8;
    private const int MostServingSegments = 64;
    private const int ServingShare = 16;

    private const string Key = "Sluice:MemoryBytes";

    // A silo without slots serves all the same.
    private readonly int _tasks;

    /// <param name="bytes">Of the pool.</param>
    /// <param name="segmentSize">Bytes of one segment, a power of two.</param>
    /// <param name="slots">Attempts that run at once.</param>
    /// <exception cref="SluiceException">It is too little for so many, or more than the machine has.</exception>
    public SiloMemory(long bytes, int segmentSize, int slots)
    {
        _tasks = Math.Max(slots, 1);
        long least = SluiceSiloOptions.LeastMemory(slots, segmentSize);
        if (EngineOptions.RefuseMemory(bytes, least, slots) is SluiceError refused)
        {
            throw new SluiceException(refused with
            {
                Where = Key,
                Help = bytes < least ? $"give at least {Key}={least}, or fewer Sluice:Slots" : refused.Help,
            });
        }

        Pool = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(bytes, segmentSize));
        int serving = Math.Clamp(Pool.Total / ServingShare, FewestServingSegments, MostServingSegments);
        Serving = Pool.CreateBufferPool(new BufferPoolOptions
        {
            Owner = "serving fetches",
            Group = "serving",
            Minimum = serving,
            Maximum = serving,
        });
    }

    public NetworkBufferPool Pool { get; }

    /// <summary>Lends the segments into which blocks are read from files for other silos.</summary>
    public LocalBufferPool Serving { get; }

    /// <summary>Segments of each task of a job.</summary>
    /// <param name="bytes">What the job asks for in all; 0 takes all there is.</param>
    public int SegmentsPerTask(long bytes)
    {
        int share = (Pool.Total - Serving.Minimum) / _tasks;
        long wanted = bytes / Pool.SegmentSize / _tasks;
        return wanted > 0 ? (int)Math.Clamp(wanted, TaskMemory.LeastSegments, share) : share;
    }

    public void Dispose()
    {
        Serving.Dispose();
        Pool.Dispose();
    }
}
