using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Grains;

/// <summary>One job on the silo that hosts it: from its order, or from what a dead host left, to its end.</summary>
/// <remarks>
/// What goes on between is in <see cref="ClusterRun"/>, what is told in <see cref="JobStanding"/>. Planning, publishing
/// and file work run on the thread pool. Threading: turns of the job's grain, which may interleave where this awaits.
/// </remarks>
/// <param name="id">The job.</param>
/// <param name="standing">Knows what is told of it.</param>
/// <param name="planning">Plans it, or finds its journal.</param>
/// <param name="memory">The grain's way to the history.</param>
/// <param name="crew">The silos that work for it.</param>
/// <param name="roster">Knows which silos there are.</param>
/// <param name="log">The job's.</param>
internal sealed class HostedJob(
    JobId id,
    JobStanding standing,
    JobPlanning planning,
    JobMemory memory,
    JobCrew crew,
    SiloRoster roster,
    ILogger log)
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);

    private readonly JobSearch _search = new(id, planning, memory, roster);
    private readonly JobEnding _ending = new(id, standing, crew, memory, log);
    private JobTrace? _trace;
    private IDisposable? _watch;
    private Task? _resuming;
    private Task? _over; // Its end, once it has begun.
    private string? _output; // Where its journal is looked for; null when nobody has told.
    private bool _isCancelled;
    private bool _hasLeft;
    private ClusterRun? _run; // Null before it is planned and after its end.

    /// <summary>Has something called every so often in turns of the grain.</summary>
    public required Func<Func<Task>, TimeSpan, IDisposable> Timer { get; init; }

    /// <summary>Told when the job is over and nothing is left to do.</summary>
    public required Action Ended { get; init; }

    /// <summary>How it stands now.</summary>
    public JobView View => standing.Current(_run?.Host);

    /// <summary>Whether there is something to go on with, and this silo cannot plan it.</summary>
    public bool IsUnplannable { get; private set; }

    /// <summary>All that is known of it here.</summary>
    public JobRecord Record => standing.Record(_run?.Host);

    /// <summary>Begins with a job that is new.</summary>
    public void Begin(JobOrder order)
    {
        BeginTrace(order, isResumed: false);
        standing.Tell(JobStatus.Planning);
        RememberAsync().Ignore();
        RunAsync().Ignore();
    }

    /// <summary>Goes on with a job that is not known here, when there is anything to go on with.</summary>
    /// <param name="output">Its output directory; null or empty when the caller does not know.</param>
    public async Task ResumeIfDeadAsync(string? output)
    {
        _output = string.IsNullOrEmpty(output) ? _output : output;
        if (standing.IsUnknown && (_output ?? output) is string known)
        {
            Task resuming = _resuming ??= ResumeAsync(known);
            await resuming;
            if (_resuming == resuming)
            {
                _resuming = null;
            }
        }
    }

    public void Cancel()
    {
        _isCancelled = true;
        _run?.Cancel();
    }

    /// <summary>An attempt has ended; returns when its silo may forget that.</summary>
    /// <exception cref="InvalidOperationException">The end is to be told again.</exception>
    public Task EndedAsync(AttemptEnd end)
    {
        standing.Heartbeats.TakePeak(end.PeakMemoryBytes);
        return standing is { IsUnknown: true, MayComeBack: true }
            ? throw new InvalidOperationException($"Job {id} does not go on yet; its silo tells the end again.")
            : _run?.EndedAsync(end) ?? Task.CompletedTask;
    }

    /// <summary>A silo tells how it is.</summary>
    /// <returns>False when it may throw away what it has of the job.</returns>
    public bool Take(SiloHeartbeat heartbeat)
    {
        standing.Heartbeats.Take(heartbeat);
        _run?.Take(heartbeat);
        return !standing.View.IsOver && (!standing.IsUnknown || standing.MayComeBack);
    }

    /// <summary>The grain leaves this silo: another one goes on, but for an end that has begun.</summary>
    public async Task LeaveAsync()
    {
        _hasLeft = true;
        if (_over is Task over)
        {
            await over;
        }
        else if (_run is ClusterRun run)
        {
            _run = null;
            await HandOverAsync(run);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
            JobOrder order = standing.Order! with { Parallelism = JobPlanning.SlotsOf(workers) };
            standing.Order = order;

            // One that drains gets none of its tasks, so it is not asked whether it could run them.
            workers = [.. workers.Where(silo => silo.Slots > 0)];
            if (JobPlanning.RefuseMemory(order, workers) is SluiceError refused)
            {
                throw new SluiceException(refused);
            }

            PlannedJob job = await Task.Run(() => planning.PlanNew(order));
            standing.Job = job;
            standing.Plan = JobPlanning.PlanOn(order, job.Preparation, workers);
            await crew.JoinAsync(workers, job, mustAll: true);
            ClusterRun run = await ClusterRun.BeginAsync(job, crew, Over);
            if (_hasLeft)
            {
                // Nobody finds this grain any more; the journal is there, and with it another goes on.
                await HandOverAsync(run);
                return;
            }

            _run = run;
            run.Host.Trace = _trace;
            standing.Tell(JobStatus.Running);
            log.JobStarted(id, workers.Count);
            RememberAsync().Ignore();
            Go(run, workers);
        }
#pragma warning disable CA1031 // Whatever a job's class or a layer threw is the job's failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailAsync(exception);
        }
    }

    // Never throws: what does not work now is tried again at the next heartbeat. A job's class may have thrown it, with
    // who knows what in its message.
    private async Task ResumeAsync(string output)
    {
        bool isTaken = false;
        IsUnplannable = false;
        try
        {
            FoundJob found = await _search.FindAsync(output);
            if (!standing.IsUnknown)
            {
                // It was started meanwhile.
                found.Resumed?.Output.Abandon();
                return;
            }

            isTaken = true;
            standing.Take(found);
            if (found.Resumed is ResumedJob resumed)
            {
                await GoOnAsync(resumed);
            }
            else if (found.Unplanned is JobOrder order)
            {
                log.JobPlannedAnew(id, found.Host);
                Begin(order);
            }
        }
#pragma warning disable CA1031 // The next heartbeat tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.JobNotResumed(exception is IOException ? exception : null, id, exception.GetType().Name);
            if (isTaken || standing.IsUnknown)
            {
                if (_run is ClusterRun run)
                {
                    _run = null;
                    await run.AbandonAsync();
                }

                _trace?.Dispose();
                IsUnplannable = exception is not IOException;
                standing.PutOff((exception as IOException)?.Message);
            }
        }
    }

    private async Task GoOnAsync(ResumedJob resumed)
    {
        PlannedJob job = resumed.Job;
        standing.Job = job;
        ClusterRun run = await ClusterRun.ResumeAsync(resumed, crew, Over);
        if (_hasLeft)
        {
            await run.AbandonAsync();
            return;
        }

        _run = run;
        BeginTrace(job.Order, isResumed: true);
        _trace!.GoOn(run.Host.State);
        run.Host.Trace = _trace;
        standing.Tell(JobStatus.Running);
        log.JobResumed(id, job.Epoch);
        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        standing.Plan = JobPlanning.PlanOn(job.Order, job.Preparation, workers);
        await run.RejoinAsync(workers);
        Go(run, workers);
    }

    private void Go(ClusterRun run, IReadOnlyList<SiloView> workers)
    {
        run.Go(workers);
        if (_isCancelled)
        {
            run.Cancel();
        }

        // It may have ended meanwhile: its journal cannot be written any more.
        if (!run.IsOver)
        {
            _watch?.Dispose();
            _watch = Timer(run.WatchAsync, Watch);
        }
    }

    private void Over(Exception? broken) => _over = broken is null ? EndAsync(_run!) : FailAsync(broken);

    private async Task EndAsync(ClusterRun run)
    {
        if (run.Host.Failure is AttemptFailure failure)
        {
            await _ending.StopAsync(
                run, JobMeasurements.StatusOf(failure.Error), WireFailure.Of(failure.Error, failure.Detail));
        }
        else
        {
            JobReport report = run.Host.Report(_trace!.TraceId, standing.Heartbeats.PeakMemoryBytes, []);
            await _ending.SucceedAsync(run, report.ToJson(indented: false));
        }

        Finish();
    }

    private async Task FailAsync(Exception exception)
    {
        SluiceException known = FailureTranslation.OfJob(exception);
        string status = JobMeasurements.StatusOf(known.Error);
        if (_run?.Host is not { IsFinished: true })
        {
            EngineMeter.JobEnded(status, standing.Elapsed, known.Error);
        }

        _trace?.Failed(known.Error);
        await _ending.StopAsync(_run, status, WireFailure.Of(known.Error, exception.ToString()));
        Finish();
    }

    private void Finish()
    {
        standing.Journal ??= _run?.Host.JournalText;
        _run = null;
        _watch?.Dispose();
        _trace?.Dispose();
        Ended();
    }

    private async Task HandOverAsync(ClusterRun run)
    {
        await run.AbandonAsync();
        _trace!.HandOver();
        _trace.Dispose();
    }

    // Who goes on with the job after this host finds the same trace in its order.
    private void BeginTrace(JobOrder order, bool isResumed)
    {
        ActivityContext parent = Spans.ContextOf(order.TraceParent);
        _trace = JobTrace.Begin(id, order.Name, parent, roster.HereName, isResumed);
        _trace.NameOf = roster.NameOf;
        standing.TraceId = _trace.TraceId;
        standing.Order = order with { TraceParent = order.TraceParent ?? _trace.TraceParent };
    }

    private Task RememberAsync() => memory.WriteAsync(Record with { View = standing.View });
}
