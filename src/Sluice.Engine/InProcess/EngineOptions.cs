using System.Numerics;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What an in-process engine may use of the machine.</summary>
public sealed record EngineOptions
{
    private const int SmallestSegment = 64;

    /// <summary>
    /// Bytes of the one pool that all tasks of a job share. Less means more spilling, never a failure above the least.
    /// </summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Tasks that run at once; each gets an equal share of the memory.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Where tasks spill; a new file goes where most room is.</summary>
    public required IReadOnlyList<string> SpillDirectories { get; init; }

    /// <summary>Bytes of one memory segment, a power of two, 64 at least.</summary>
    public int SegmentSize { get; init; } = 32 * 1024;

    /// <summary>How long a task waits for room when a disk is full; zero fails at once.</summary>
    public TimeSpan DiskWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Compresses what is spilled, where that pays; null stores it as it is.</summary>
    public IBlockCodec? Codec { get; init; }

    /// <summary>
    /// Watches the life of one buffer in so many; 1 watches all, 0 none. Null is one in 1024. Nothing is watched while
    /// nobody listens.
    /// </summary>
    public int? TraceBuffers { get; init; }

    /// <summary>The least memory that runs with this parallelism, bytes.</summary>
    public static long LeastMemory(int parallelism, int segmentSize = 32 * 1024) =>
        (long)parallelism * TaskMemory.LeastSegments * segmentSize;

    /// <summary>Whether tasks can run like this on this machine.</summary>
    /// <exception cref="SluiceException">
    /// The memory is less than the tasks need, or more than the machine has.
    /// </exception>
    /// <exception cref="ArgumentException">Another property has no value that can be used; it is named.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Parallelism, 1, nameof(Parallelism));
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentSize, SmallestSegment, nameof(SegmentSize));
        if (!BitOperations.IsPow2(SegmentSize))
        {
            throw new ArgumentOutOfRangeException(nameof(SegmentSize), SegmentSize, "A segment's size is a power of two.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(DiskWait, TimeSpan.Zero, nameof(DiskWait));
        ArgumentOutOfRangeException.ThrowIfNegative(TraceBuffers ?? 0, nameof(TraceBuffers));
        ArgumentNullException.ThrowIfNull(SpillDirectories, nameof(SpillDirectories));
        if (SpillDirectories.Count == 0)
        {
            throw new ArgumentException("One directory at least is needed to spill to.", nameof(SpillDirectories));
        }

        if (RefuseMemory(MemoryBytes, LeastMemory(Parallelism, SegmentSize), Parallelism) is SluiceError refused)
        {
            throw new SluiceException(refused);
        }
    }

    /// <summary>What is wrong with a pool of so many bytes on this machine; null when nothing is.</summary>
    /// <param name="memory">Bytes of the pool.</param>
    /// <param name="least">Bytes that it must have.</param>
    /// <param name="tasks">For how many at once.</param>
    public static SluiceError? RefuseMemory(long memory, long least, int tasks)
    {
        long machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return memory < least ? SluiceErrors.MemoryTooSmall(memory, least, tasks)
            : memory > machine ? SluiceErrors.MemoryTooLarge(memory, machine)
            : null;
    }
}

/// <summary>One job to run.</summary>
public sealed record JobRequest
{
    /// <summary>Describes the job.</summary>
    public required IJob Job { get; init; }

    /// <summary>What the job is started with.</summary>
    public required JobArguments Arguments { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Partitions of each shuffle; null finds a number that fits the input.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether an existing output is replaced, at the moment the new one is complete.</summary>
    public bool Overwrite { get; init; }

    /// <summary>W3C trace context of the caller, when it has one.</summary>
    public System.Diagnostics.ActivityContext ParentTrace { get; init; }
}
