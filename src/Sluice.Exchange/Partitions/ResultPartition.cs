using System.Collections.Concurrent;
using Sluice.Buffers;
using Sluice.Sorting;

namespace Sluice.Exchange;

/// <summary>A producer's finished output: one or several sorted runs, each with every subpartition.</summary>
/// <remarks>
/// Ownership: owns its runs and the pool that lends the segments of those in memory. It is reclaimable: a run in memory
/// is written to a file when others need its segments, and served from there. Threading: any thread.
/// </remarks>
public sealed class ResultPartition : IReclaimable, IDisposable
{
    private readonly Func<CancellationToken, ISpillStore> _stores;
    private readonly IReadOnlyList<SortedRun> _runs;
    private readonly ConcurrentDictionary<(int Run, int Subpartition, ReaderId Reader), Subpartition> _views = new();
    private long _spilledBytes;
    private bool _disposed;

    /// <param name="id">Whose output it is.</param>
    /// <param name="runs">Sorted runs, which belong to the partition from now on.</param>
    /// <param name="stores">Where runs in memory go when their segments are needed; waits for room until the token is
    /// cancelled.</param>
    public ResultPartition(OutputId id, IReadOnlyList<SortedRun> runs, Func<CancellationToken, ISpillStore> stores)
    {
        Id = id;
        _runs = runs;
        _stores = stores;
    }

    /// <summary>Whose output it is.</summary>
    public OutputId Id { get; }

    /// <summary>How many runs each subpartition has.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Bytes that moved from memory to files after the producer had ended.</summary>
    public long ReclaimedBytes => Interlocked.Read(ref _spilledBytes);

    /// <summary>Segments a reclaim would free.</summary>
    public int Reclaimable => _runs.OfType<MemoryRun>().Sum(run => run.SegmentCount);

    /// <summary>Whether reading a subpartition of a run waits for a device.</summary>
    public bool WaitsForDevice(int run, int subpartition) =>
        (uint)run < (uint)_runs.Count && _runs[run].WaitsForDevice(subpartition);

    /// <summary>
    /// Moves runs from memory to files until <paramref name="segments"/> segments are free, or none is left.
    /// </summary>
    /// <returns>Segments given back.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while the disk had no room; the run at hand stays in
    /// memory.</exception>
    public int Reclaim(int segments, CancellationToken cancellation)
    {
        int freed = 0;
        foreach (MemoryRun run in _runs.OfType<MemoryRun>())
        {
            if (freed >= segments)
            {
                break;
            }

            int moved = run.MoveToFile(_stores(cancellation));
            freed += moved;
            if (moved > 0)
            {
                Interlocked.Add(ref _spilledBytes, run.Length);
            }
        }

        return freed;
    }

    /// <summary>One reader's end of one row of blocks; the same for every fetch of that channel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such run.</exception>
    internal Subpartition View(int run, int subpartition, ReaderId reader)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)run, (uint)_runs.Count, nameof(run));
        return _views.GetOrAdd(
            (run, subpartition, reader),
            static (key, runs) => new Subpartition(
                runs[key.Run].Name, () => runs[key.Run].Open(key.Subpartition)),
            _runs);
    }

    /// <summary>
    /// Channels that were read and not closed; one whose reader died stays, and holds no memory of the pool.
    /// </summary>
    internal int ViewCount => _views.Count;

    /// <summary>Forgets how far a channel was read.</summary>
    internal void Close(int run, int subpartition, ReaderId reader) =>
        _views.TryRemove((run, subpartition, reader), out _);

    /// <summary>Gives back what a subpartition takes: its consumer has committed and will not read it again.</summary>
    public void Discard(int subpartition)
    {
        foreach (SortedRun run in _runs)
        {
            run.Discard(subpartition);
        }
    }

    /// <summary>Frees memory and deletes files. No fetch may be under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (SortedRun run in _runs)
        {
            run.Dispose();
        }
    }
}
