using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>Where jobs run: in this process, or in a cluster.</summary>
internal interface IJobRunner
{
    /// <summary>Runs a job to its end.</summary>
    /// <exception cref="SluiceException">The job failed; the output is as it was before.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the output is as it was before.</exception>
    Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken);

    /// <summary>What would run; nothing is written.</summary>
    /// <exception cref="SluiceException">The job cannot run like this.</exception>
    Task<PlanReport> ExplainAsync(EngineOptions options, JobRequest request, CancellationToken cancellationToken);
}

/// <summary>Runs jobs on the engine in this process.</summary>
internal sealed class InProcessRunner : IJobRunner
{
    public async Task<JobReport> RunAsync(
        EngineOptions options,
        JobRequest request,
        IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        using InProcessEngine engine = new(options);
        return await engine.RunAsync(request, progress, cancellationToken);
    }

    public Task<PlanReport> ExplainAsync(EngineOptions options, JobRequest request, CancellationToken cancellationToken)
    {
        using InProcessEngine engine = new(options);
        return Task.FromResult(engine.Explain(request));
    }
}
