using Sluice.Exchange;

namespace Sluice.Engine;

/// <summary>When a task merges the runs of its output into one before it is served.</summary>
/// <remarks>
/// Runs are served as they are while a consumer can merge those of all producers in two steps: first some of them, the
/// smallest, into fewer, then all that is left. Beyond that consumers would write records again and again, and the
/// producer does it once.
/// </remarks>
internal static class OutputRuns
{
    /// <param name="runs">Runs of the task at hand; the stage's others have about as many.</param>
    /// <param name="context">The task.</param>
    public static bool AreTooMany(int runs, TaskContext context) =>
        runs > 1 && AreTooMany((long)runs * context.Stage.Tasks, context.Segments, context.Codec is not null);

    /// <param name="runs">Runs of all producers.</param>
    /// <param name="segments">What the pool of a consumer grants; a gate gets a third of it at the least.</param>
    /// <param name="compressed">Whether blocks may be compressed.</param>
    internal static bool AreTooMany(long runs, int segments, bool compressed)
    {
        int gate = Math.Max(InputGateOptions.MinimumCompressed, segments / 3);
        long fanIn = InputGateOptions.For(gate, int.MaxValue, compressed).FanIn;
        return runs > fanIn * fanIn;
    }
}
