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
        typeof(RecordCounter),
        typeof(OrderBytesWriter),
        typeof(RangePartitioner),
        .. BuiltInLoops.Types,
        typeof(SelectManyOperator<ReadOnlySpan<byte>, ReadOnlySpan<byte>>),
        typeof(AggregateWriter<ReadOnlySpan<byte>, ReadOnlySpan<byte>, long>),
        typeof(CountAggregation<ReadOnlySpan<byte>>),
        .. HotLoops.Types,
        typeof(ShuffleReader),
        typeof(BytesSink),
        typeof(LineSink<Group<ReadOnlySpan<byte>, long>>),
        typeof(PartFile),
        typeof(AggregateCombiner<ReadOnlySpan<byte>, long>),
    ];

    /// <summary>Begins, unless it has begun already, and does not wait.</summary>
    /// <param name="last">Makes ready what the caller will need at the job's end; null for nothing.</param>
    public static void Start(Action? last = null)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            return;
        }

        try
        {
            ProcessLimits.StartThread("sluice-warm-up", () => Run(last));
        }
        catch (ThreadLimitException)
        {
            // A job may do without, and does what is needed when it is.
        }
    }

    // In the order in which a job needs it: spans come first, the journal is written before the first task starts.
    private static void Run(Action? last)
    {
        try
        {
            _ = Telemetry.Source.HasListeners();
            Journal.Prepare();
            HotLoops.Compile(Types);
            JobPublication.Prepare();
            last?.Invoke();
        }
#pragma warning disable CA1031 // What could not be made ready fails where it is needed, and is told there.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
