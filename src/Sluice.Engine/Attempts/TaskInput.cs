using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>The reading end of a task: pushes its items into the first operator.</summary>
internal abstract class TaskInput : IDisposable
{
    public static TaskInput Open(TaskContext context) => context.Stage.Input switch
    {
        ReadInput read => new FileTaskInput(context, read.Node.Format),
        ShuffleInput shuffle => new ShuffleTaskInput(context, shuffle.Node),
        _ => throw new InvalidOperationException($"A stage cannot read {context.Stage.Input}."),
    };

    /// <summary>Pushes every item and completes the chain.</summary>
    public abstract void Run(object first);

    /// <summary>What was read.</summary>
    public abstract TaskOutcome Finish();

    public abstract void Dispose();
}

/// <summary>Reads splits of files.</summary>
internal sealed class FileTaskInput : TaskInput
{
    private readonly TaskContext _context;
    private readonly RecordFormat _format;
    private long _bytes;

    public FileTaskInput(TaskContext context, RecordFormat format)
    {
        _context = context;
        _format = format;
    }

    public override void Run(object first)
    {
        RecordCounter counter = new((Operator<ReadOnlySpan<byte>>)first, _context.Cancellation);
        foreach (InputSplit split in _context.Splits)
        {
            using SplitReader reader = Open(split);
            reader.Run(counter, _context.Progress.AddBytes, _context.Cancellation);
            _bytes += reader.BytesRead;
        }

        counter.Complete();
        Records = counter.Count;
    }

    private long Records { get; set; }

    public override TaskOutcome Finish() => new() { RecordsIn = Records, BytesIn = _bytes };

    public override void Dispose()
    {
    }

    private SplitReader Open(InputSplit split)
    {
        InputFile file = _context.Files[split.File];
        NetworkBuffer[] buffers = _context.Pool.RequestAll(_context.Memory.Source, _context.Cancellation);
        try
        {
            return _format is FixedFormat format
                ? new FixedLengthReader(file, split, buffers, _context.LargestRecord, format.RecordLength)
                : new LineReader(file, split, buffers, _context.LargestRecord);
        }
        catch
        {
            buffers.ReleaseAll();
            throw;
        }
    }
}

/// <summary>Merges what the stage before wrote for this task.</summary>
internal sealed class ShuffleTaskInput : TaskInput
{
    private readonly TaskContext _context;
    private readonly DatasetNode _node;
    private readonly InputGate _gate;
    private readonly RunMerger _merger;
    private RecordSum[] _sums = [];
    private CombineCount _folded;

    public ShuffleTaskInput(TaskContext context, DatasetNode node)
    {
        _context = context;
        _node = node;
        int partition = context.Id.Task;
        InputGateOptions options = InputGateOptions.For(
            context.Memory.Gate,
            context.Producers.Sum(producer => producer.Runs),
            context.Codec is not null,
            context.Producers.Any(producer => IsSlow(producer, context))) with
        {
            Reader = new ReaderId(context.Id.Stage, context.Id.Attempt),
        };
        _gate = new InputGate(
            context.Producers,
            partition..(partition + 1),
            context.Pool,
            context.Transport,
            options,
            context.Cancellation);
        context.Progress.Gate = _gate;
        try
        {
            _merger = new RunMerger(
                [.. _gate.Channels.Select(channel => new CountedSource(channel, context.Progress))],
                options.FanIn,
                context.Pool,
                context.Store,
                node.Accept(new CombinerBuilder()),
                context.Cancellation,
                context.Codec,
                node.Accept(new KeyComparisonFinder()),
                options.PassSegments);
        }
        catch
        {
            _gate.Dispose();
            throw;
        }
    }

    public override void Run(object first)
    {
        ShuffleReader reader = new(_merger, first, _context);
        _node.Accept(reader);
        _folded = reader.Folded;
        _sums = _merger.SourceSums();
    }

    public override TaskOutcome Finish() => new()
    {
        RecordsIn = _sums.Sum(sum => sum.Count),
        BytesIn = _gate.BytesReceived,
        MergePasses = _merger.PassCount,
        SpilledBytes = _merger.RewrittenBytes,
        RewrittenBytes = _merger.RewrittenBytes,
        Combined = _merger.Combined + _folded,
        Times = PhaseTimes.Zero with
        {
            FetchWait = _gate.FetchTime.TotalSeconds,
            MergePasses = _merger.PassTime.TotalSeconds,
        },
        Read = _gate.SumsByProducer(_sums),
    };

    public override void Dispose()
    {
        _merger.Dispose();
        _gate.Dispose();
    }

    private static bool IsSlow(ProducerOutput producer, TaskContext context) =>
        Enumerable.Range(0, producer.Runs)
            .Select(run => new ChannelId(producer.Id, run, context.Id.Task))
            .Any(channel => context.Transport.WaitOf(channel, producer.Where) is not null);

    /// <summary>Counts bytes for progress as they are taken.</summary>
    private sealed class CountedSource(InputChannel channel, TaskProgress progress) : IBlockSource
    {
        public string Name => channel.Name;

        public int CountBlocks() => channel.CountBlocks();

        public void Prepare() => channel.Prepare();

        public bool TryTake(out Block block)
        {
            if (!channel.TryTake(out block))
            {
                return false;
            }

            progress.AddBytes(block.Length);
            return true;
        }

        public IOException Damaged(string what) => channel.Damaged(what);
    }
}
