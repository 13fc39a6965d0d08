using Microsoft.Extensions.Logging;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>The silos that work for one job: which have planned it, which drain, which cannot.</summary>
/// <remarks>Called in turns of the job's grain, which may interleave where this awaits.</remarks>
/// <param name="id">The job.</param>
/// <param name="grains">Reaches task grains.</param>
/// <param name="silos">Reaches the silos' services.</param>
/// <param name="roster">Knows which silos there are.</param>
/// <param name="diskWait">The job's own, as long as this silo waits.</param>
/// <param name="logger">The job's.</param>
internal sealed class JobCrew(
    JobId id,
    IGrainFactory grains,
    INetworkBufferPoolClient silos,
    SiloRoster roster,
    DiskWait diskWait,
    ILogger logger)
{
    // A silo that hangs is not waited for: it gives the job up at its first heartbeat.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    // All that have something of the job, also a plan that nobody uses.
    private readonly HashSet<string> _planned = new(StringComparer.Ordinal);
    private readonly HashSet<string> _workers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _draining = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unfit = new(StringComparer.Ordinal);

    /// <summary>Whether a silo has planned the job.</summary>
    public bool Has(string silo) => _workers.Contains(silo);

    /// <summary>Has a coordinator's commands done by the silos.</summary>
    /// <param name="epoch">Of the coordinator.</param>
    /// <param name="handle">Takes in what comes of them.</param>
    /// <param name="write">Writes the journal.</param>
    public IJobWorkers HandsOf(int epoch, Action<CoordinatorEvent> handle, Action<Action, Action> write) =>
        new JobWorkers(id, epoch, grains, silos, diskWait, handle, write);

    /// <summary>Has silos plan the job; one that does not answer is left out for now.</summary>
    /// <param name="candidates">The silos.</param>
    /// <param name="job">As its coordinator has it done.</param>
    /// <param name="mustAll">Whether a silo that cannot run the job is an error; else it is left out.</param>
    /// <returns>The attempts they still have of it.</returns>
    /// <exception cref="SluiceException">Some of them cannot, or planned something else, and all must; it names
    /// them.</exception>
    public async Task<IReadOnlyList<WireAttempt>> JoinAsync(
        IEnumerable<SiloView> candidates, PlannedJob job, bool mustAll)
    {
        List<WireAttempt> attempts = [];
        string fingerprint = await Task.Run(() => job.Preparation.Fingerprint);
        WireDocument document = WireDocument.Of(job.Order, CoordinationJson.Default.JobOrder);
        (SiloView Silo, PrepareReply? Reply)[] replies = await Task.WhenAll(candidates.Select(async silo =>
            (silo, await AskAsync(silo, document, job.Epoch))));
        List<WireFailure> failures = [];
        foreach ((SiloView silo, PrepareReply? reply) in replies)
        {
            SiloLabel.Learn(silo.Silo, silo.Name);
            if (reply is null)
            {
                continue;
            }

            if (reply.Failure is null)
            {
                _planned.Add(silo.Silo);
            }

            if (FailureOf(silo, reply, fingerprint) is not WireFailure failure)
            {
                _workers.Add(silo.Silo);
                attempts.AddRange(reply.Attempts);
            }
            else
            {
                failures.Add(failure);
                if (_unfit.Add(silo.Silo))
                {
                    logger.SiloUnfit(silo.Name, id, failure.Code, failure.Where);
                }
            }
        }

        return mustAll && failures.Count > 0 ? throw ExceptionOf(failures) : attempts;
    }

    /// <summary>Finds out which silos have come, drain, are gone, or have forgotten the job.</summary>
    /// <param name="job">As its coordinator has it done.</param>
    /// <param name="state">What it takes for running.</param>
    /// <param name="handle">Takes what has changed.</param>
    public async Task RefreshAsync(PlannedJob job, CoordinatorState state, Action<CoordinatorEvent> handle)
    {
        foreach (string silo in _workers.Where(roster.IsDead).ToList())
        {
            _workers.Remove(silo);
            _draining.Remove(silo);
            logger.SiloLost(silo, id);
            handle(new WorkerLost(silo));
        }

        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        foreach (SiloView silo in workers.Where(silo => silo.IsDraining && Has(silo.Silo) && _draining.Add(silo.Silo)))
        {
            handle(new WorkerDraining(silo.Silo));
        }

        SiloView[] forgetful = [.. workers.Where(silo => Has(silo.Silo) && !silo.Jobs.Contains(id.Value))];
        SiloView[] fresh =
            [.. workers.Where(silo => silo.Slots > 0 && !Has(silo.Silo) && !_unfit.Contains(silo.Silo))];
        if (forgetful.Length + fresh.Length > 0)
        {
            (AttemptId Attempt, string Silo)[] running = [.. forgetful.SelectMany(silo => RunningOn(silo.Silo, state))];
            HashSet<WireAttempt> alive = [.. await JoinAsync([.. forgetful, .. fresh], job, mustAll: false)];
            foreach (SiloView silo in fresh.Where(silo => Has(silo.Silo)))
            {
                handle(JoinOf(silo, job.Preparation));
            }

            // Nobody tells their ends. One whose start was on its way and comes to run after all is not waited for.
            foreach ((AttemptId attempt, string silo) in running.Where(
                forgotten => !alive.Contains(WireAttempt.Of(id, forgotten.Attempt))))
            {
                grains.GetGrain<ITaskGrain>(TaskKey.Of(silo, WireAttempt.Of(id, attempt)))
                    .CancelAsync(job.Epoch)
                    .Ignore();
                handle(new AttemptStopped(attempt));
            }
        }
    }

    /// <summary>A silo that can run the job, as its coordinator is told.</summary>
    public static WorkerJoined JoinOf(SiloView silo, JobPreparation job) => new(silo.Silo, silo.Slots)
    {
        Near = job.TasksNear(silo.NearDirectories),
    };

    /// <summary>Has the silos throw away what they have of the job, unless another coordinator goes on.</summary>
    /// <param name="epoch">Of the coordinator that gives it up.</param>
    public async Task GiveUpAsync(int epoch) =>
        await Task.WhenAll(_planned.Where(silo => !roster.IsDead(silo)).Select(silo => EndAsync(silo, epoch)));

    private static WireFailure? FailureOf(SiloView silo, PrepareReply reply, string fingerprint) => reply.Failure
        ?? (reply.Fingerprint == fingerprint ? null : WireFailure.Of(SluiceErrors.SiloDiffers(silo.Name)));

    // Told as the first one, with the places of all.
    private static SluiceException ExceptionOf(List<WireFailure> failures)
    {
        SluiceError first = failures[0].ToError();
        IEnumerable<string> places = failures.Select(
            failure => failure.What == first.What ? failure.Where : $"{failure.What}: {failure.Where}");
        return new SluiceException(
            first with { Where = string.Join("; ", places) },
            new AggregateException(string.Join('\n', failures.Select(failure => failure.Detail))));
    }

    private static IEnumerable<(AttemptId Attempt, string Silo)> RunningOn(string silo, CoordinatorState state) =>
        state.AllRunning()
            .Where(attempt => state.TaskOf(attempt).Running.GetValueOrDefault(attempt.Number) == silo)
            .Select(attempt => (attempt, silo));

    private async Task<PrepareReply?> AskAsync(SiloView silo, WireDocument order, int epoch)
    {
        try
        {
            return await silos.On(silo.Silo).PrepareAsync(order, epoch);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            logger.SiloSilent(exception, silo.Name, id);
            return null;
        }
    }

    private async Task EndAsync(string silo, int epoch)
    {
        try
        {
            await silos.On(silo).EndJobAsync(id.Value, epoch).WaitAsync(EndPatience);
        }
#pragma warning disable CA1031 // A silo that did not hear it gives the job up at its next heartbeat.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.SiloDeaf(exception, silo, id);
        }
    }
}
