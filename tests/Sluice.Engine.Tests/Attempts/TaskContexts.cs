using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

/// <summary>
/// What a part of a task is given that works by itself: places and memory, but neither input nor output.
/// </summary>
internal static class TaskContexts
{
    public static TaskContext Of(TestPool pool, int segments, int segmentSize) => new()
    {
        Id = new OutputId(Guid.Empty, 1, 0, 1),
        Stage = new StagePlan(1, "reduce", new ReadInput(new ReadNode(RecordFormat.Lines, [])), [], null!, 1),
        Pool = pool.Task,
        SegmentSize = segmentSize,
        Segments = segments,
        Stores = _ => new MemoryStore(),
        Transport = new InProcessTransport(new ResultPartitionStore()),
        Files = [],
        Splits = [],
        Waves = 1,
        Producers = [],
        Boundaries = null,
        PartPath = null,
        DiskWait = DiskWait.None,
        Codec = null,
        Progress = new TaskProgress(),
        Cancellation = CancellationToken.None,
    };
}
