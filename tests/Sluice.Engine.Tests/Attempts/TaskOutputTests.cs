using Sluice.Buffers;
using Sluice.Jobs;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

public sealed class TaskOutputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_attempt_that_is_cancelled_while_its_hash_table_waits_for_memory_gives_back_what_it_has()
    {
        // One segment to spill with; the table's first one is the neighbour's, who is asked for it.
        using TestPool pool = new(2, 1024);
        using CancellationTokenSource cancellation = new();
        using LocalBufferPool neighbour = pool.Whole.CreateBufferPool(
            new BufferPoolOptions { Owner = "neighbour", Minimum = 0, Maximum = 1 });
        using IDisposable promise = neighbour.RegisterReclaim(new CancellingHolder(cancellation));
        Assert.True(neighbour.TryRequest(out NetworkBuffer borrowed));
        TaskContext context = TaskContexts.Of(pool, TaskMemory.LeastSegments, 1024) with
        {
            Stage = WordCount().Stages[0],
            Cancellation = cancellation.Token,
        };

        Assert.Throws<OperationCanceledException>(() => TaskOutput.Open(context));

        Assert.Equal(0, pool.Task.Lent);
        borrowed.Release();
    }

    private JobPlan WordCount()
    {
        JobArguments arguments = new JobArguments()
            .Add("input", _folder.Write("in", "a b a\n")).Add("out", _folder["out"]);
        return JobPreparation.Of(new JobCatalog().Create("wordcount"), arguments, partitions: 1, parallelism: 1).Plan;
    }

    /// <summary>Cancels who asks it to give back.</summary>
    private sealed class CancellingHolder(CancellationTokenSource requester) : IReclaimable
    {
        public int Reclaimable => 1;

        public int Reclaim(int segments, CancellationToken cancellation)
        {
            requester.Cancel();
            return 0;
        }
    }
}
