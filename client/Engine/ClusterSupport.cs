using System.CommandLine;
using Sluice.Engine;

namespace Sluice.Client;

/// <summary>Reaches clusters, in a console that was built with the packages for it.</summary>
internal interface IClusterSupport
{
    /// <summary>The verbs for clusters.</summary>
    IEnumerable<Command> Verbs(ConsoleHost host);

    /// <summary>Runs jobs in the cluster that the command line names.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="detachOnInterrupt">Whether Ctrl-C leaves the job running.</param>
    IJobRunner RunnerOf(VerbCall call, bool detachOnInterrupt);

    /// <summary>How many tasks the cluster's silos run at once.</summary>
    Task<int> CountSlotsAsync(VerbCall call, CancellationToken cancellationToken);

    /// <summary>Measures the exchange between the first two silos with slots; null where there are no two.</summary>
    Task<BenchExchangeJson?> MeasureExchangeAsync(
        VerbCall call, int channels, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Starts a job, prints how to come back to it, and leaves it.</summary>
    Task SubmitAsync(VerbCall call, JobOrder order, JobRequest request, CancellationToken cancellationToken);

    /// <summary>Prints what kept a job of the cluster from being faster, or holds it up now.</summary>
    /// <exception cref="Jobs.SluiceException">There is no such job, or it failed.</exception>
    Task ExplainAsync(VerbCall call, string job, CancellationToken cancellationToken);
}

/// <summary>Why this console cannot reach clusters.</summary>
internal static class ClusterSupport
{
    /// <summary>The reason, one sentence without a full stop.</summary>
    public const string WhyNot =
        "this console was built without cluster support, because the registry does not serve the Orleans packages";
}
