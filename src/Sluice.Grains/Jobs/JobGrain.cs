using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Grains;

/// <summary>
/// Hosts one job's coordinator: wherever it lives, there is one of it, and its journal is its memory.
/// </summary>
/// <remarks>
/// Brings a job from its order, or from the journal that a dead host left, to its end; what goes on meanwhile is in
/// <see cref="ClusterRun"/>, what is told in <see cref="JobStanding"/>. Turns are short: planning, publishing and file
/// work run on the thread pool. Calls may interleave.
/// </remarks>
[Reentrant]
internal sealed class JobGrain(
    JobPlanning planning,
    IJobHistory history,
    INetworkBufferPoolClient silos,
    SiloRoster roster,
    ILogger<JobGrain> logger)
    : Grain, IJobGrain
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private ILogger _log = null!;
    private JobMemory _memory = null!;
    private JobCrew _crew = null!;
    private JobStanding _standing = null!;
    private JobTrace? _trace;
    private IGrainTimer? _watch;
    private Task? _resuming;
    private string? _output; // Where its journal is looked for; null when nobody has told.
    private bool _isCancelled;
    private bool _hasLeft;
    private ClusterRun? _run; // Null before it is planned and after its end.

    private JobId Id => new(this.GetPrimaryKey());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _log = new ScopedLogger(logger, () => new LogScope(Id, null, _trace?.TraceId ?? default));
        _memory = new JobMemory(history, _log);
        _crew = new JobCrew(Id, GrainFactory, silos, roster, _log);
        _standing = new JobStanding(Id, roster.HereName, roster.Here);
        if (await _memory.FindAsync(Id.Value) is { IsOver: true } ended)
        {
            _standing.Take(ended);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _hasLeft = true;
        if (_run is ClusterRun run)
        {
            _run = null;
            await HandOverAsync(run);
        }
    }

    public async Task<JobView> StartAsync(WireDocument order)
    {
        JobOrder read = order.Read(CoordinationJson.Default.JobOrder);

        // Its client may only not have heard that it was started before, on a silo that is gone since.
        await ResumeIfDeadAsync(JobStanding.OutputOf(read));

        // Where nobody can tell by its journal: a job that no silo has is new, and fails with what is in the way.
        bool isNew = _standing.Obstacle is not null && !await roster.HasAsync(Id);
        if (_standing.IsUnknown && (!_standing.MayComeBack || (isNew && _standing.Obstacle is not null)))
        {
            Begin(read with { OrderedAt = DateTime.UtcNow });
        }

        return Current();
    }

    public async Task<JobView> GetAsync(string? output)
    {
        await ResumeIfDeadAsync(output);
        return Current();
    }

    public async Task<JobView> CancelAsync(string? output)
    {
        await ResumeIfDeadAsync(output);
        _isCancelled = true;
        _run?.Cancel();
        return Current();
    }

    public async Task<JobExport> ExportAsync(string? output)
    {
        await ResumeIfDeadAsync(output);
        JobRecord? record = _standing.Order is null ? await _memory.ReadAsync(Id.Value) : _standing.Record(_run?.Host);
        return new JobExport
        {
            View = Current(),
            Order = record?.Order,
            Plan = record?.Plan,
            Journal = record?.Journal,
        };
    }

    public async Task EndedAsync(string output, WireDocument told)
    {
        await ResumeIfDeadAsync(output);
        if (_standing is { IsUnknown: true, MayComeBack: true })
        {
            throw new InvalidOperationException($"Job {Id} does not go on yet; its silo tells the end again.");
        }

        if (_run is not null)
        {
            await _run.EndedAsync(told.Read(CoordinationJson.Default.AttemptEnd));
        }
    }

    public async Task<bool> HeartbeatAsync(SiloHeartbeat heartbeat)
    {
        await ResumeIfDeadAsync(heartbeat.Output);
        _standing.Heartbeats.Take(heartbeat);
        _run?.Take(heartbeat);
        return !_standing.View.IsOver && (!_standing.IsUnknown || _standing.MayComeBack);
    }

    private void Begin(JobOrder order)
    {
        BeginTrace(order, isResumed: false);
        _standing.Tell(JobStatus.Planning);
        RememberAsync().Ignore();
        RunAsync().Ignore();
    }

    private async Task RunAsync()
    {
        try
        {
            IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
            JobOrder order = _standing.Order! with { Parallelism = JobPlanning.SlotsOf(workers) };
            _standing.Order = order;
            PlannedJob job = await Task.Run(() => planning.PlanNew(order));
            _standing.Job = job;
            _standing.Plan = JobPlanning.PlanOn(order, job.Preparation, workers);
            await _crew.JoinAsync(workers, job, mustAll: true);
            ClusterRun run = await ClusterRun.BeginAsync(job, _crew, Over);
            if (_hasLeft)
            {
                // Nobody finds this grain any more; the journal is there, and with it another goes on.
                await HandOverAsync(run);
                return;
            }

            _run = run;
            run.Host.Trace = _trace;
            _standing.Tell(JobStatus.Running);
            _log.JobStarted(Id, workers.Count);
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

    private async Task ResumeIfDeadAsync(string? output)
    {
        _output = string.IsNullOrEmpty(output) ? _output : output;
        if (_standing.IsUnknown && (_output ?? output) is string known)
        {
            Task resuming = _resuming ??= ResumeAsync(known);
            await resuming;
            if (_resuming == resuming)
            {
                _resuming = null;
            }
        }
    }

    // Never throws: what does not work now is tried again at the next heartbeat.
    private async Task ResumeAsync(string output)
    {
        bool isTaken = false;
        try
        {
            FoundJob found = output.Length == 0
                ? new FoundJob()
                : await Task.Run(() => planning.TryResume(Id, output));
            if (!_standing.IsUnknown)
            {
                // It was started meanwhile.
                found.Resumed?.Output.Abandon();
                return;
            }

            isTaken = true;
            _standing.Take(found);
            if (found.Resumed is ResumedJob resumed)
            {
                await GoOnAsync(resumed);
            }
            else if (_standing.IsUnknown && await _memory.FindAsync(Id.Value) is JobView known)
            {
                await GoOnAsync(known);
            }
        }
#pragma warning disable CA1031 // The next heartbeat tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A job's class may have thrown it, with who knows what in its message.
            _log.JobNotResumed(exception is IOException ? exception : null, Id, exception.GetType().Name);
            if (isTaken || _standing.IsUnknown)
            {
                _run?.Abandon();
                _run = null;
                _trace?.Dispose();
                _standing.PutOff((exception as IOException)?.Message);
            }
        }
    }

    private async Task GoOnAsync(ResumedJob resumed)
    {
        PlannedJob job = resumed.Job;
        _standing.Job = job;
        ClusterRun run = await ClusterRun.ResumeAsync(resumed, _crew, Over);
        if (_hasLeft)
        {
            run.Abandon();
            return;
        }

        _run = run;
        BeginTrace(job.Order, isResumed: true);
        _trace!.GoOn(run.Host.State);
        run.Host.Trace = _trace;
        _standing.Tell(JobStatus.Running);
        _log.JobResumed(Id, job.Epoch);
        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        _standing.Plan = JobPlanning.PlanOn(job.Order, job.Preparation, workers);
        await run.RejoinAsync(workers);
        Go(run, workers);
    }

    // There is no journal of it, only what is remembered.
    private async Task GoOnAsync(JobView known)
    {
        JobRecord? lost = known.Status == JobStatus.Planning && !roster.IsHosted(known)
            ? await _memory.ReadAsync(Id.Value)
            : null;
        if (!_standing.IsUnknown)
        {
            return;
        }

        if (known.IsOver)
        {
            // It ended on a host that had left while it planned.
            _standing.Take(known);
        }
        else if (lost?.Order is string order)
        {
            _log.JobPlannedAnew(Id, known.Host);
            Begin(JsonSerializer.Deserialize(order, CoordinationJson.Default.JobOrder)!);
        }
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
            _watch = this.RegisterGrainTimer(run.WatchAsync, Watch, Watch);
        }
    }

    private void Over(Exception? broken) => (broken is null ? EndAsync(_run!.Host) : FailAsync(broken)).Ignore();

    private async Task EndAsync(JobHost host)
    {
        if (host.Failure is AttemptFailure failure)
        {
            await StopAsync(JobMeasurements.StatusOf(failure.Error), WireFailure.Of(failure.Error, failure.Detail));
            return;
        }

        // The output is in place, so it may be told before the silos have cleaned up.
        JobReport report = host.Report(_trace!.TraceId, _standing.Heartbeats.PeakMemoryBytes, []);
        _standing.Tell(JobStatus.Succeeded, report: report.ToJson(indented: false));
        await RememberAsync();
        await CleanUpAsync();
        Finish();
    }

    private async Task FailAsync(Exception exception)
    {
        SluiceException known = FailureTranslation.OfJob(exception);
        if (_run?.Host is not { IsFinished: true })
        {
            EngineMeter.JobEnded(JobStatus.Failed, _standing.Elapsed, known.Error);
        }

        _trace?.Failed(known.Error);
        await StopAsync(JobStatus.Failed, WireFailure.Of(known.Error, exception.ToString()));
    }

    private async Task StopAsync(string status, WireFailure failure)
    {
        if (status == JobStatus.Failed)
        {
            _log.JobFailed(Id, failure.Code, failure.Where);
        }

        await CleanUpAsync();
        _standing.Tell(status, failure: failure);
        await RememberAsync();
        Finish();
    }

    // First the silos, then the staging directory: whoever still writes there has stopped by then.
    private async Task CleanUpAsync()
    {
        _run?.Close();
        if (_standing.Job is PlannedJob job)
        {
            await _crew.GiveUpAsync(job.Epoch);
        }

        try
        {
            await Task.Run(() => _run?.Host.Dispose());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.OutputLeft(exception, Id);
        }
    }

    private void Finish()
    {
        _log.JobEnded(Id, _standing.View.Status);
        _standing.Journal ??= _run?.Host.JournalText;
        _run = null;
        _watch?.Dispose();
        _trace?.Dispose();
        DelayDeactivation(Remembered);
    }

    // Another grain goes on with it, here or on another silo. A publish ends its step first, which may be a slow one.
    private async Task HandOverAsync(ClusterRun run)
    {
        run.Close();
        await Task.Run(run.Abandon);
        _trace!.HandOver();
        _trace.Dispose();
    }

    // Who goes on with the job after this host finds the same trace in its order.
    private void BeginTrace(JobOrder order, bool isResumed)
    {
        ActivityContext parent = Spans.ContextOf(order.TraceParent);
        _trace = JobTrace.Begin(Id, order.Name, parent, roster.HereName, isResumed);
        _trace.NameOf = roster.NameOf;
        _standing.TraceId = _trace.TraceId;
        _standing.Order = order with { TraceParent = order.TraceParent ?? _trace.TraceParent };
    }

    private JobView Current() => _standing.Current(_run?.Host);

    private Task RememberAsync() => _memory.WriteAsync(_standing.Record(_run?.Host) with { View = _standing.View });
}
