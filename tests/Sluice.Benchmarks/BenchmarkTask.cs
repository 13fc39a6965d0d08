using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Benchmarks;

/// <summary>The memory of one task that has a pool to itself.</summary>
internal sealed class BenchmarkTask : IDisposable
{
    private readonly NetworkBufferPool _whole;

    /// <param name="bytes">Size of the pool, in segments of 32 KiB.</param>
    public BenchmarkTask(long bytes)
    {
        _whole = new NetworkBufferPool(NetworkBufferPoolOptions.ForMemory(bytes, 32 * 1024));
        Pool = _whole.CreateBufferPool("benchmark", _whole.Total, _whole.Total);
    }

    public LocalBufferPool Pool { get; }

    /// <summary>A map output buffer whose ring may take all but the segment that is written from.</summary>
    /// <param name="store">Where it spills.</param>
    /// <param name="partitions">Of its output.</param>
    /// <param name="spillThreshold">With a half, one half of the ring is collected and sorted while the other is
    /// written; with 1 nothing is spilled before the ring is full.</param>
    public MapOutputBuffer Collector(ISpillStore store, int partitions, double spillThreshold = 0.5) => new(
        Pool,
        store,
        new MapOutputOptions
        {
            Partitions = partitions,
            MaximumSegments = _whole.Total - 1,
            SpillThreshold = spillThreshold,
        });

    /// <summary>Ends collecting and throws the runs away.</summary>
    /// <returns>How many records were collected.</returns>
    public static long End(MapOutputBuffer buffer)
    {
        MapOutput output = buffer.Finish();
        foreach (SortedRun run in output.Runs)
        {
            run.Dispose();
        }

        return output.Counters.Records;
    }

    public void Dispose()
    {
        Pool.Dispose();
        _whole.Dispose();
    }
}
