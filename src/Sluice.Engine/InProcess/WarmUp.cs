using Sluice.Jobs;
using Sluice.Observability;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// Makes ready what the first job of a process needs before its first record, on another processor than the one that
/// plans the job.
/// </summary>
/// <remarks>
/// The engine does it by itself when it is given a job; whoever knows earlier that a job will come says so earlier.
/// Threading: any.
/// </remarks>
public static class WarmUp
{
    private static int _started;

    /// <summary>What has loops over records here, in the order in which a job meets it.</summary>
    internal static IReadOnlyList<Type> Types { get; } =
    [
        typeof(LineReader),
        typeof(OrderBytesWriter),
        typeof(RangePartitioner),
        typeof(SelectManyOperator<ReadOnlySpan<byte>, ReadOnlySpan<byte>>),
        typeof(AggregateWriter<ReadOnlySpan<byte>, ReadOnlySpan<byte>, long>),
        typeof(CountAggregation<ReadOnlySpan<byte>>),
        .. HotLoops.Types,
        typeof(ShuffleReader),
        typeof(BytesSink),
        typeof(AggregateCombiner<ReadOnlySpan<byte>, long>),
    ];

    /// <summary>Begins, unless it has begun already, and does not wait.</summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "sluice-warm-up" }.Start();
        }
    }

    // In the order in which a job needs it: spans come first, the journal is written before the first task starts.
    private static void Run()
    {
        _ = Telemetry.Source.HasListeners();
        Journal.Prepare();
        HotLoops.Compile(Types);
    }
}
