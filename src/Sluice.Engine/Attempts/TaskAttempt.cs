using System.Diagnostics;
using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>Runs one attempt of one task, from its input to its output, on the calling thread.</summary>
/// <remarks>
/// Ownership: whatever the attempt took from its pool has gone back when Run returns or throws, but for the segments of
/// an output in memory, which the outcome carries. Threading: one dedicated thread, which sleeps when it waits.
/// </remarks>
internal static class TaskAttempt
{
    /// <exception cref="OperationCanceledException">The attempt was cancelled; nothing is left behind.</exception>
    public static TaskOutcome Run(TaskContext context)
    {
        context.Progress.Clock.Attach();
        try
        {
            return RunCounted(context);
        }
        finally
        {
            context.Progress.Clock.Detach();
        }
    }

    // One that fails ends what writes or merges for it, too, which may wait for room on a disk.
    private static TaskOutcome RunCounted(TaskContext context)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        context = context with { Cancellation = ending.Token };
        using TaskOutput output = TaskOutput.Open(context);
        try
        {
            return RunInto(output, context);
        }
        catch
        {
            ending.Cancel();
            throw;
        }
    }

    private static TaskOutcome RunInto(TaskOutput output, TaskContext context)
    {
        OperatorBuilder operators = new(output.Operator, context.Cancellation);
        foreach (DatasetNode step in context.Stage.Operators.Reverse())
        {
            step.Accept(operators);
        }

        using TaskInput input = TaskInput.Open(context);
        long opened = Stopwatch.GetTimestamp();
        input.Run(operators.First);
        TimeSpan collecting = Stopwatch.GetElapsedTime(opened);
        TaskOutcome outcome = output.Finish(input.Finish());
        WaitTotals clock = context.Progress.Clock.Read();
        return outcome with
        {
            Times = outcome.Times with
            {
                Tasks = clock.Elapsed.TotalSeconds,
                Collect = collecting.TotalSeconds,
            },
            Waits = WaitsOf(clock),
            SpillWriteSeconds = context.Progress.Spill.WriteTime.TotalSeconds,
        };
    }

    /// <summary>What a task's thread waited for, in seconds, as reports say it.</summary>
    public static WaitTimes WaitsOf(WaitTotals clock) => new(
        clock.Of(WaitKind.Input).TotalSeconds,
        clock.Of(WaitKind.SpillRead).TotalSeconds,
        clock.Of(WaitKind.Fetch).TotalSeconds,
        clock.Of(WaitKind.Memory).TotalSeconds,
        clock.Of(WaitKind.Spill).TotalSeconds,
        clock.Of(WaitKind.Output).TotalSeconds);
}
