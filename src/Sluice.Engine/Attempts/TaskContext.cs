using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What one attempt works with: its place in the job, its memory, where it reads and writes.</summary>
internal sealed record TaskContext
{
    public required OutputId Id { get; init; }

    public required StagePlan Stage { get; init; }

    public required IBufferPool Pool { get; init; }

    public required int SegmentSize { get; init; }

    /// <summary>Segments the pool grants.</summary>
    public required int Segments { get; init; }

    /// <summary>Where is spilled, until a token is cancelled.</summary>
    public required Func<CancellationToken, ISpillStore> Stores { get; init; }

    /// <summary>Where this attempt spills.</summary>
    public ISpillStore Store => field ??= Stores(Cancellation);

    public required IExchangeTransport Transport { get; init; }

    /// <summary>Files of the job.</summary>
    public required IReadOnlyList<InputFile> Files { get; init; }

    /// <summary>What this task reads, when it reads files; several for a sample.</summary>
    public required IReadOnlyList<InputSplit> Splits { get; init; }

    /// <summary>How many of the stage's tasks a slot runs, one after the other.</summary>
    public required int Waves { get; init; }

    /// <summary>Outputs of the stage before, in task order, when it reads a shuffle.</summary>
    public required IReadOnlyList<ProducerOutput> Producers { get; init; }

    /// <summary>Boundaries of a range shuffle that this task writes.</summary>
    public required byte[][]? Boundaries { get; init; }

    /// <summary>Where this attempt writes its part, when its stage writes the output.</summary>
    public required string? PartPath { get; init; }

    /// <summary>What is done while the output directory, which another machine has made, is not seen here.</summary>
    public SharedPathWait Visibility { get; init; } = SharedPathWait.None;

    /// <summary>What is done when a disk is full.</summary>
    public required DiskWait DiskWait { get; init; }

    /// <summary>Compresses what is spilled; null stores it as it is.</summary>
    public required IBlockCodec? Codec { get; init; }

    /// <summary>How the task shares out its segments.</summary>
    public TaskMemory Memory => field ??= ShareOut();

    /// <summary>Counts as the task goes, for progress.</summary>
    public required TaskProgress Progress { get; init; }

    public required CancellationToken Cancellation { get; init; }

    /// <summary>The longest record: half of the task's memory, and never more than an array holds.</summary>
    public long LargestRecord => Math.Min((long)Segments * SegmentSize / 2, Array.MaxLength);

    /// <summary>Bytes of items that a task may keep outside of its pool, for the first ones in an order.</summary>
    public long TopRoom => (long)Segments * SegmentSize / 8;

    private TaskMemory ShareOut()
    {
        long bytes = Splits.Sum(split => split.Length);
        int ring = RingLimit.Segments(bytes, Stage.Tasks, Waves, Segments, SegmentSize);
        return TaskMemory.For(Stage, Segments, ring, Waves, Codec is not null).ForOutput(bytes, SegmentSize);
    }
}

/// <summary>How far one attempt was at a moment.</summary>
/// <param name="Bytes">Input bytes taken: from files, or fetched.</param>
/// <param name="SpilledBytes">Bytes written to spill files.</param>
public readonly record struct AttemptProgress(long Bytes, long SpilledBytes);

/// <summary>How far one attempt is; written by its thread, read by anybody.</summary>
public sealed class TaskProgress
{
    private long _bytes;
    private InputGate? _gate;

    /// <summary>Input bytes taken: from files, or fetched.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes written to spill files.</summary>
    public long SpilledBytes => Spill.WrittenBytes;

    /// <summary>Both at this moment.</summary>
    public AttemptProgress Snapshot => new(Bytes, SpilledBytes);

    internal void AddBytes(long count) => Interlocked.Add(ref _bytes, count);

    /// <summary>What its thread waits for.</summary>
    internal WaitClock Clock { get; } = new();

    /// <summary>What goes through its spill files.</summary>
    internal SpillTraffic Spill { get; init; } = new();

    /// <summary>Where it reads a shuffle, once that is open.</summary>
    internal InputGate? Gate
    {
        get => Volatile.Read(ref _gate);
        set => Volatile.Write(ref _gate, value);
    }
}
