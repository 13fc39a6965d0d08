using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Runs jobs in this process, with no cluster: the same plan, coordinator, attempts and exchange.</summary>
/// <remarks>
/// Threading: jobs run on threads of their own. Several may run at once, each with a pool of its own of all the memory.
/// </remarks>
public sealed class InProcessEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly EnginePorts _ports;

    /// <param name="options">Checked here.</param>
    /// <exception cref="SluiceException">The memory is less than the tasks need, or more than the machine
    /// has.</exception>
    public InProcessEngine(EngineOptions options)
        : this(options, new EnginePorts())
    {
    }

    internal InProcessEngine(EngineOptions options, EnginePorts ports)
    {
        options.Check();
        _options = options;
        _ports = ports;
    }

    /// <summary>What would run; nothing is written.</summary>
    /// <exception cref="SluiceException">The job cannot run like this.</exception>
    public PlanReport Explain(JobRequest request) =>
        Prepare(request).Describe(request.Name, _options.MemoryBytes, _options.Parallelism);

    /// <summary>Runs a job to its end.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told several times a second, from a thread of the engine.</param>
    /// <param name="cancellationToken">Cancels the job: its tasks stop, and nothing is left behind.</param>
    /// <exception cref="SluiceException">The job failed; the output is as it was before.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled; the output is as it was before.</exception>
    public Task<JobReport> RunAsync(
        JobRequest request, IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LongWork.Run(() => Run(request, progress, cancellationToken));

    /// <summary>Nothing outlives a job: there is nothing to give back between jobs.</summary>
    public void Dispose()
    {
    }

    private JobPreparation Prepare(JobRequest request) =>
        JobPreparation.Of(request.Job, request.Arguments, request.Partitions, _options.Parallelism);

    private JobReport Run(JobRequest request, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            WarmUp.Start();
            JobPreparation job = Prepare(request);
            using SpillDirectories spill = SpillDirectories.Open(_options.SpillDirectories);
            using JobRun run = new(request, CheckRoom(job, spill), _options, spill, _ports);
            return run.Run(progress, cancellation);
        }
        catch (SluiceException exception) when (
            JobMeasurements.StatusOf(exception.Error) == JobStatus.Cancelled)
        {
            // One that came after the job had failed does not hide why it did.
            throw new OperationCanceledException(exception.Error.What, exception, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FailureTranslation.OfJob(exception);
        }
    }

    private JobPreparation CheckRoom(JobPreparation job, SpillDirectories spill)
    {
        long estimate = job.SpillEstimate(_options.MemoryBytes);
        long free = spill.FreeBytes;
        if (free >= estimate)
        {
            return job;
        }

        string where = string.Join(", ", spill.All.Select(directory => directory.Path));
        SluiceError tooSmall = SluiceErrors.DiskTooSmall(where, estimate, free);
        if (!job.MaySpillLess)
        {
            throw new SluiceException(tooSmall);
        }

        string warning = $"{tooSmall.What} in {where}; it needs less the more of its keys are equal.";
        return job with { Warnings = [.. job.Warnings, warning] };
    }
}
