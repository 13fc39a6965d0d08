using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// What all attempts of a job share on one silo: its one pool, its spill files, its finished outputs.
/// </summary>
/// <remarks>Ownership: none of it is disposed here. Threading: any thread.</remarks>
internal sealed class AttemptRunner
{
    private readonly NetworkBufferPool _pool;
    private readonly Func<CancellationToken, ISpillStore> _stores;
    private readonly ResultPartitionStore _outputs;
    private readonly IExchangeTransport _transport;
    private readonly int _segmentsPerTask;
    private readonly IBlockCodec? _codec;
    private readonly DiskWait _diskWait;
    private readonly BufferTracing? _tracing;
    private long _reclaimedBytes;

    /// <param name="pool">The silo's pool.</param>
    /// <param name="stores">Where a task spills, until it is cancelled.</param>
    /// <param name="outputs">Takes finished outputs over.</param>
    /// <param name="transport">Fetches from outputs.</param>
    /// <param name="segmentsPerTask">What each attempt is guaranteed; as many as may run at once must fit the
    /// pool.</param>
    /// <param name="codec">Compresses what is spilled; null stores it as it is.</param>
    /// <param name="diskWait">What is done when a disk is full.</param>
    /// <param name="tracing">Watches the lives of buffers; null watches none.</param>
    public AttemptRunner(
        NetworkBufferPool pool,
        Func<CancellationToken, ISpillStore> stores,
        ResultPartitionStore outputs,
        IExchangeTransport transport,
        int segmentsPerTask,
        IBlockCodec? codec,
        DiskWait diskWait,
        BufferTracing? tracing = null)
    {
        _pool = pool;
        _stores = stores;
        _outputs = outputs;
        _transport = transport;
        _codec = codec;
        _diskWait = diskWait;
        _tracing = tracing;
        _segmentsPerTask = segmentsPerTask;
    }

    /// <summary>Shows what the attempts do to measurements; null shows nothing.</summary>
    public ObservedEngine? Observed { get; init; }

    /// <summary>What is done while a directory that another machine has made is not seen here.</summary>
    public SharedPathWait Visibility { get; init; } = SharedPathWait.None;

    /// <summary>Bytes that outputs moved from memory to files after their attempts had ended; it only grows.</summary>
    public long ReclaimedBytes => Interlocked.Read(ref _reclaimedBytes);

    /// <summary>Runs an attempt on the calling thread, with a pool of its own.</summary>
    /// <remarks>
    /// A finished output takes the pool along: it has no guarantee any more, and gives its segments back when another
    /// task needs them.
    /// </remarks>
    public TaskOutcome Run(AttemptInput input, TaskProgress progress, CancellationToken cancellation)
    {
        TaskOutcome? outcome = null;
        Observed?.Begin(input, progress);
        try
        {
            return outcome = RunObserved(input, progress, cancellation);
        }
        finally
        {
            Observed?.End(input.Id, outcome);
        }
    }

    /// <summary>Counts for an attempt that is about to run.</summary>
    public TaskProgress NewProgress() => new() { Spill = new SpillTraffic(Observed?.Spill) };

    private TaskOutcome RunObserved(AttemptInput input, TaskProgress progress, CancellationToken cancellation)
    {
        BufferLifeTracer? lives = _tracing?.ForAttempt();
        LocalBufferPool pool = _pool.CreateBufferPool(new BufferPoolOptions
        {
            Owner = input.Id.ToString(),
            Group = input.Stage.Name,
            Minimum = _segmentsPerTask,
            Maximum = _segmentsPerTask,
            Lifecycle = lives,
        });
        bool keepPool = false;
        try
        {
            TaskOutcome outcome = TaskAttempt.Run(new TaskContext
            {
                Id = input.Id,
                Stage = input.Stage,
                Pool = pool,
                SegmentSize = _pool.SegmentSize,
                Segments = _segmentsPerTask,
                Stores = token => new TimedStore(_stores(token), progress.Spill),
                DiskWait = _diskWait,
                Transport = _transport,
                Files = input.Files,
                Splits = input.Splits,
                Waves = input.Waves,
                Producers = input.Producers,
                Boundaries = input.Boundaries,
                PartPath = input.PartPath,
                Visibility = Visibility,
                Codec = _codec,
                Progress = progress,
                Cancellation = cancellation,
            });
            if (outcome.Output is not null)
            {
                keepPool = true;
                Keep(_outputs, outcome.Output, pool, bytes => Reclaimed(input.Stage.Name, bytes));
            }

            return outcome;
        }
        finally
        {
            if (!keepPool)
            {
                pool.Dispose();
            }

            BufferTracing.Describe(lives, Activity.Current);
        }
    }

    /// <summary>Takes a finished output over with the pool of its segments, which has no guarantee any more.</summary>
    /// <param name="outputs">Keeps it.</param>
    /// <param name="output">The output.</param>
    /// <param name="pool">Its segments'.</param>
    /// <param name="reclaimed">Told how many bytes moved from memory to files, each time some do.</param>
    public static void Keep(
        ResultPartitionStore outputs, ResultPartition output, LocalBufferPool pool, Action<long>? reclaimed = null)
    {
        pool.GiveUpMinimum();
        IDisposable registration = pool.RegisterReclaim(
            reclaimed is null ? output : new CountedOutput(output, reclaimed));
        outputs.Add(output, new Kept(registration, pool));
    }

    private void Reclaimed(string stage, long bytes)
    {
        Interlocked.Add(ref _reclaimedBytes, bytes);
        Observed?.Reclaimed(stage, bytes);
    }

    private sealed record Kept(IDisposable Registration, LocalBufferPool Pool) : IDisposable
    {
        public void Dispose()
        {
            Registration.Dispose();
            Pool.Dispose();
        }
    }

    // Whoever reclaims is an attempt that ends later, so its end can tell of these bytes already.
    private sealed class CountedOutput(ResultPartition output, Action<long> reclaimed) : IReclaimable
    {
        public int Reclaimable => output.Reclaimable;

        public int Reclaim(int segments, CancellationToken cancellation)
        {
            long before = output.ReclaimedBytes;
            try
            {
                return output.Reclaim(segments, cancellation);
            }
            finally
            {
                reclaimed(output.ReclaimedBytes - before);
            }
        }
    }
}

/// <summary>What the coordinator tells one attempt.</summary>
/// <param name="Id">Job, stage, task and attempt.</param>
/// <param name="Stage">What the task does.</param>
/// <param name="Files">Files of the job.</param>
/// <param name="Splits">What it reads, when it reads files.</param>
/// <param name="Producers">What it reads, when it reads a shuffle: in task order.</param>
/// <param name="Boundaries">For a range shuffle that it writes.</param>
/// <param name="PartPath">Where it writes its part, when its stage writes the output.</param>
internal sealed record AttemptInput(
    OutputId Id,
    Jobs.StagePlan Stage,
    IReadOnlyList<InputFile> Files,
    IReadOnlyList<InputSplit> Splits,
    IReadOnlyList<ProducerOutput> Producers,
    byte[][]? Boundaries,
    string? PartPath)
{
    /// <summary>The kind of stage whose outputs it reads; nothing when it reads files.</summary>
    public string Upstream { get; init; } = "";

    /// <summary>How many of the stage's tasks a slot runs, one after the other.</summary>
    public int Waves { get; init; } = 1;

    /// <summary>W3C trace parent of the attempt's span; null makes none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The spans of producers, as W3C trace parents, as far as they are known.</summary>
    public IReadOnlyList<string> ProducerSpans { get; init; } = [];
}
