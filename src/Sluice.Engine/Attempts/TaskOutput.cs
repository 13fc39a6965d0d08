using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>The writing end of a task: its last operator, and what becomes of it when the input has ended.</summary>
internal abstract class TaskOutput : IDisposable
{
    /// <summary>Takes the stage's items; an Operator of their type.</summary>
    public abstract object Operator { get; }

    public static TaskOutput Open(TaskContext context) => context.Stage.Output switch
    {
        ShuffleOutput shuffle => new ShuffleTaskOutput(context, shuffle),
        SampleOutput sample => new SampleTaskOutput(sample),
        SinkOutput sink => new SinkTaskOutput(context, sink.Node),
        _ => throw new InvalidOperationException($"A stage cannot write {context.Stage.Output}."),
    };

    /// <summary>Completes what was written and adds it to what the input tells.</summary>
    public abstract TaskOutcome Finish(TaskOutcome input);

    public abstract void Dispose();
}

/// <summary>Collects into a map output buffer.</summary>
internal sealed class ShuffleTaskOutput : TaskOutput
{
    private readonly TaskContext _context;
    private readonly MapOutputBuffer _buffer;
    private readonly ShuffleWriterBuilder _builder;
    private readonly Combiner? _combiner;
    private readonly KeyComparison? _comparison;

    public ShuffleTaskOutput(TaskContext context, ShuffleOutput shuffle)
    {
        _context = context;
        _combiner = shuffle.Node.Accept(new CombinerBuilder());
        _comparison = shuffle.Node.Accept(new KeyComparisonFinder());
        TaskMemory memory = context.Memory;
        _buffer = new MapOutputBuffer(
            context.Pool,
            context.Store,
            new MapOutputOptions
            {
                Partitions = shuffle.Partitions,
                MaximumSegments = memory.Ring,
                WriteSegments = memory.Write,
                KeepSegments = memory.Keep,
                SegmentSize = context.SegmentSize,
                Codec = context.Codec,
                Combiner = _combiner,
                KeyComparison = _comparison,
                LargestRecord = context.LargestRecord,
            },
            context.Cancellation);
        try
        {
            ShuffleWriter writer = new(_buffer, PartitionerOf(shuffle), shuffle.Partitions);
            _builder = new ShuffleWriterBuilder(context, memory, writer);
            Operator = shuffle.Node.Accept(_builder);
        }
        catch
        {
            // A hash table waits for its memory: whoever is cancelled there has a buffer already.
            _buffer.Dispose();
            throw;
        }
    }

    public override object Operator { get; }

    public override TaskOutcome Finish(TaskOutcome input)
    {
        _builder.DisposeTable();
        MapOutput output = _buffer.Finish();
        long written = output.Sums.Sum(sum => sum.Count);
        CombineCount combined = _combiner is null ? default : new CombineCount(output.Counters.Records, written);
        MergedOutput merged = new(output.Runs, output.Sums, default);
        if (OutputRuns.AreTooMany(output.Runs.Count, _context))
        {
            merged = new OutputMerger(_context.Pool, _context.Store, MergerOptions(), _context.Cancellation)
                .Merge(output.Runs, output.Sums);
        }

        return input with
        {
            RecordsOut = merged.Sums.Sum(sum => sum.Count),
            BytesOut = output.Counters.Bytes,
            Spills = output.Counters.Spills,
            SpilledBytes = input.SpilledBytes + output.Counters.SpilledBytes + merged.Counters.RewrittenBytes,
            MergePasses = input.MergePasses + merged.Counters.Passes,
            RewrittenBytes = input.RewrittenBytes + merged.Counters.RewrittenBytes,
            Combined = input.Combined + combined + merged.Counters.Combined,
            Times = input.Times with
            {
                Sort = output.Counters.SortTime.TotalSeconds,
                Spill = output.Counters.SpillTime.TotalSeconds,
                Blocked = output.Counters.BlockedTime.TotalSeconds,
                MergePasses = input.Times.MergePasses + merged.Counters.Time.TotalSeconds,
            },
            Output = new ResultPartition(_context.Id, merged.Runs, _context.Stores),
            Written = merged.Sums,
            Source = (Operator as OrderBytesWriter)?.Sum,
        };
    }

    public override void Dispose()
    {
        _builder.DisposeTable();
        _buffer.Dispose();
    }

    private IPartitioner PartitionerOf(ShuffleOutput shuffle) => shuffle.Partitioning switch
    {
        Partitioning.Range when _comparison is not null =>
            new ComparedRangePartitioner(_context.Boundaries!, _comparison),
        Partitioning.Range => new RangePartitioner(_context.Boundaries!),
        Partitioning.Hash => new HashPartitioner(shuffle.Partitions),
        _ => new SinglePartitioner(),
    };

    // Ring and table have given their segments back.
    private OutputMergerOptions MergerOptions() => new()
    {
        Segments = _context.Memory.Ring + _context.Memory.Table,
        SegmentSize = _context.SegmentSize,
        Codec = _context.Codec,
        Combiner = _combiner,
        Comparison = _comparison,
    };
}

/// <summary>Samples keys and yields boundaries.</summary>
internal sealed class SampleTaskOutput : TaskOutput
{
    private readonly KeySample _sample;

    public SampleTaskOutput(SampleOutput sample)
    {
        _sample = new KeySample(sample.Partitions, sample.Node.Accept(new KeyComparisonFinder()));
        Operator = sample.Node.Accept(new SamplerBuilder(_sample));
    }

    public override object Operator { get; }

    public override TaskOutcome Finish(TaskOutcome input) =>
        input with { Boundaries = _sample.Boundaries() };

    public override void Dispose()
    {
    }
}

/// <summary>Writes one part of the job's output.</summary>
internal sealed class SinkTaskOutput : TaskOutput
{
    private readonly PartFile _part;
    private readonly BytesSink _sink;

    public SinkTaskOutput(TaskContext context, SinkNode node)
    {
        string path = context.PartPath!;
        _part = context.Visibility.Open(
            path,
            () => PartFile.Create(path, context.Pool, context.Memory.Write, context.DiskWait, context.Cancellation),
            context.Cancellation);
        _sink = new BytesSink(_part, (node as WriteBytesNode)?.Format as FixedFormat);
        Operator = node.Accept(new SinkBuilder(_sink));
    }

    public override object Operator { get; }

    public override TaskOutcome Finish(TaskOutcome input)
    {
        _part.Finish();
        return input with
        {
            RecordsOut = _sink.Sum.Count,
            BytesOut = _part.Length,
            Sink = _sink.Sum,
            Times = input.Times with { OutputWait = _part.WaitTime.TotalSeconds },
        };
    }

    public override void Dispose() => _part.Dispose();
}
