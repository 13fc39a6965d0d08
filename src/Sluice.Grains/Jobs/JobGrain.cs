using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Observability;

namespace Sluice.Grains;

/// <summary>Hosts one job's coordinator: wherever it lives, there is one of it, and its journal is its memory.</summary>
/// <remarks>
/// Turns are short: planning, publishing and file work run on the thread pool. Calls may interleave; the coordinator
/// itself never awaits, so each event is taken in whole.
/// </remarks>
[Reentrant]
internal sealed class JobGrain(
    JobPlanning planning, IJobHistory history, INetworkBufferPoolClient silos, SiloRoster roster, ILogger<JobGrain> logger)
    : Grain, IJobGrain
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, SiloHeartbeat> _heartbeats = new(StringComparer.Ordinal);
    private ILogger _log = null!;
    private JobMemory _memory = null!;
    private JobCrew _crew = null!;
    private JobOrder? _order;
    private JobPreparation? _job;
    private JobHost? _host;
    private IGrainTimer? _watch;
    private JobView _view = new();
    private Task? _resuming;
    private JobTrace? _trace;
    private string? _plan;
    private string? _journal;
    private int _epoch = 1;
    private bool _isCancelled;
    private bool _isEnding;

    // Whether there is a job to go on with that could not be taken over yet.
    private bool _mayComeBack;

    private JobId Id => new(this.GetPrimaryKey());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _log = new ScopedLogger(logger, () => new LogScope(Id, null, _trace?.TraceId ?? default));
        _memory = new JobMemory(history, _log);
        _crew = new JobCrew(Id, silos, roster, _log);
        _view = await _memory.FindAsync(Id.Value) is { IsOver: true } ended ? ended : new JobView { Id = Id.Value };
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Another silo goes on with it.
        if (_host is not null)
        {
            _host.Abandon();
            _host = null;
            _trace!.HandOver();
            _trace.Dispose();
        }

        return Task.CompletedTask;
    }

    public async Task<JobView> StartAsync(WireDocument order)
    {
        JobOrder read = order.Read(CoordinationJson.Default.JobOrder);

        // Its client may only not have heard that it was started before, on a silo that is gone since.
        await ResumeIfDeadAsync(OutputOf(read));
        if (_view.Status == JobStatus.Unknown && !_mayComeBack)
        {
            _order = read with { OrderedAt = DateTime.UtcNow };
            BeginTrace(isResumed: false);
            Tell(JobStatus.Planning);
            RememberAsync().Ignore();
            RunAsync().Ignore();
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
        if (_host is { IsFinished: false })
        {
            Do(host => host.Cancel());
        }

        return Current();
    }

    public async Task<JobExport> ExportAsync(string? output)
    {
        await ResumeIfDeadAsync(output);
        JobRecord? record = _order is null ? await _memory.ReadAsync(Id.Value) : RecordNow();
        return new JobExport { View = Current(), Order = record?.Order, Plan = record?.Plan, Journal = record?.Journal };
    }

    public async Task EndedAsync(string output, WireDocument told)
    {
        await ResumeIfDeadAsync(output);
        if (_view.Status == JobStatus.Unknown && _mayComeBack)
        {
            throw new InvalidOperationException($"Job {Id} does not go on yet; its silo tells the end again.");
        }

        AttemptEnd end = told.Read(CoordinationJson.Default.AttemptEnd);

        // A reader may notice a dead silo before this grain does; then the producer is not to blame.
        if (end.LostProducer is not null)
        {
            await RefreshWorkersAsync();
        }

        Do(host => host.Handle(end));
    }

    public async Task<bool> HeartbeatAsync(SiloHeartbeat heartbeat)
    {
        await ResumeIfDeadAsync(heartbeat.Output);
        _heartbeats[heartbeat.Silo] = heartbeat;
        return !_view.IsOver && (_view.Status != JobStatus.Unknown || _mayComeBack);
    }

    private async Task RunAsync()
    {
        try
        {
            IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
            int slots = workers.Sum(worker => worker.Slots);
            if (slots == 0)
            {
                throw new SluiceException(SluiceErrors.NoSlots(workers.Count));
            }

            _order = _order! with { Parallelism = slots };
            JobPreparation job = await Task.Run(PrepareHere);
            _job = job;
            _plan = JobPlanning.PlanOn(_order, job, workers);
            await _crew.JoinAsync(workers, _order, job, _epoch, mustAll: true);
            JobWorkers hands = HandsOf();
            _host = await Task.Run(() => JobHost.Begin(Id, _order.Name, job, _order.Overwrite, _order, hands));
            _host.Trace = _trace;
            Tell(JobStatus.Running);
            _log.JobStarted(Id, workers.Count);
            RememberAsync().Ignore();
            Go(workers);
        }
#pragma warning disable CA1031 // Whatever a job's class or a layer threw is the job's failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailAsync(exception);
        }
    }

    // What this silo does not see is told as every other silo would tell it.
    private JobPreparation PrepareHere()
    {
        try
        {
            return planning.Prepare(_order!);
        }
        catch (SluiceException exception)
        {
            throw new SluiceException(exception.Error.On(roster.HereName), exception);
        }
    }

    private async Task ResumeIfDeadAsync(string? output)
    {
        if (_view.Status == JobStatus.Unknown && !string.IsNullOrEmpty(output))
        {
            Task resuming = _resuming ??= ResumeAsync(output);
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
        try
        {
            FoundJob found = await Task.Run(() => planning.TryResume(Id, output));
            _mayComeBack = found.Resumed is not null || found.Held is not null;
            _order = found.Resumed?.Order ?? found.Held;
            _view = found.Ended ?? _view;
            if (found.Resumed is ResumedJob resumed)
            {
                await GoOnAsync(resumed);
            }
        }
#pragma warning disable CA1031 // The next heartbeat tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A job's class may have thrown it, with who knows what in its message.
            _log.JobNotResumed(exception is IOException ? exception : null, Id, exception.GetType().Name);
            _mayComeBack = true;
            _host?.Abandon();
            _host = null;
            _trace?.Dispose();
            _view = new JobView { Id = Id.Value };
        }
    }

    private async Task GoOnAsync(ResumedJob resumed)
    {
        _job = resumed.Job;
        _epoch = resumed.Epoch;
        JobWorkers hands = HandsOf();
        _host = await Task.Run(() => JobHost.Resume(resumed.Order, resumed.Job, resumed.Output, hands));
        BeginTrace(isResumed: true);
        _trace!.GoOn(_host.State);
        _host.Trace = _trace;
        Tell(JobStatus.Running);
        _log.JobResumed(Id, _epoch);
        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        _plan = JobPlanning.PlanOn(resumed.Order, resumed.Job, workers);
        HashSet<WireAttempt> alive =
            [.. await _crew.JoinAsync(workers, resumed.Order, resumed.Job, _epoch, mustAll: false)];
        if (_host is null)
        {
            // It ended meanwhile: its journal cannot be written any more.
            return;
        }

        List<AttemptId> gone =
            [.. _host.State.AllRunning().Where(attempt => !alive.Contains(WireAttempt.Of(Id, attempt)))];
        List<string> lost = [.. _host.State.AllWorkers().Where(silo => workers.All(worker => worker.Silo != silo))];
        gone.ForEach(attempt => Do(host => host.Handle(new AttemptStopped(attempt))));
        lost.ForEach(silo => Do(host => host.Handle(new WorkerLost(silo))));
        Go(workers);
    }

    private void Go(IReadOnlyList<SiloView> workers)
    {
        foreach (SiloView worker in workers.Where(worker => _crew.Has(worker.Silo)))
        {
            Do(host => host.Handle(JobCrew.JoinOf(worker, _job!)));
        }

        if (_isCancelled)
        {
            Do(host => host.Cancel());
        }

        _watch?.Dispose();
        _watch = this.RegisterGrainTimer(WatchAsync, Watch, Watch);
    }

    private Task WatchAsync()
    {
        Do(host => host.Tick());
        return RefreshWorkersAsync();
    }

    /// <summary>Tells the coordinator which silos have come, drain or are gone.</summary>
    private Task RefreshWorkersAsync() => _host is { IsFinished: false } && _order is not null && _job is not null
        ? _crew.RefreshAsync(_order, _job, _epoch, happened => Do(host => host.Handle(happened)))
        : Task.CompletedTask;

    private JobWorkers HandsOf() =>
        new(Id, _epoch, GrainFactory, silos, happened => Do(host => host.Handle(happened)));

    // A journal that cannot be written stops the job: what it would announce must not happen.
    private void Do(Action<JobHost> what)
    {
        if (_host is null || _host.IsFinished || _isEnding)
        {
            return;
        }

        try
        {
            what(_host);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_isEnding)
            {
                FailAsync(exception).Ignore();
            }

            return;
        }

        if (_host.IsFinished && !_isEnding)
        {
            EndAsync(_host).Ignore();
        }
    }

    private async Task EndAsync(JobHost host)
    {
        long peak = _heartbeats.Values.Select(heartbeat => heartbeat.PeakMemoryBytes).DefaultIfEmpty().Max();
        if (host.Failure is AttemptFailure failure)
        {
            string status = JobMeasurements.StatusOf(failure.Error);
            if (status == JobStatus.Failed)
            {
                _log.JobFailed(Id, failure.Error.Code, failure.Error.Where);
            }

            await CleanUpAsync();
            _view = Now(status, failure: WireFailure.Of(failure.Error, failure.Detail));
            await RememberAsync();
        }
        else
        {
            // The output is in place, so it may be told before the silos have cleaned up.
            _view = Now(JobStatus.Succeeded, report: host.Report(_trace!.TraceId, peak, []).ToJson(indented: false));
            await RememberAsync();
            await CleanUpAsync();
        }

        Finish();
    }

    private async Task FailAsync(Exception exception)
    {
        SluiceException known = FailureTranslation.OfJob(exception);
        if (_host is not { IsFinished: true })
        {
            EngineMeter.JobEnded(
                JobStatus.Failed, _order is null ? TimeSpan.Zero : DateTime.UtcNow - _order.OrderedAt, known.Error);
        }

        _log.JobFailed(Id, known.Error.Code, known.Error.Where);
        _trace?.Failed(known.Error);
        await CleanUpAsync();
        _view = Now(JobStatus.Failed, failure: WireFailure.Of(known.Error, exception.ToString()));
        await RememberAsync();
        Finish();
    }

    // First the silos, then the staging directory: whoever still writes there has stopped by then.
    private async Task CleanUpAsync()
    {
        _isEnding = true;
        await _crew.GiveUpAsync();
        try
        {
            await Task.Run(() => _host?.Dispose());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.OutputLeft(exception, Id);
        }
    }

    private void Finish()
    {
        _log.JobEnded(Id, _view.Status);
        _journal ??= _host?.JournalText;
        _host = null;
        _watch?.Dispose();
        _trace?.Dispose();
        DelayDeactivation(Remembered);
    }

    // Who goes on with the job after this host finds the same trace in its order.
    private void BeginTrace(bool isResumed)
    {
        ActivityContext parent = Spans.ContextOf(_order!.TraceParent);
        _trace = JobTrace.Begin(Id, _order.Name, parent, roster.HereName, isResumed);
        _trace.NameOf = roster.NameOf;
        _order = _order with { TraceParent = _order.TraceParent ?? _trace.TraceParent };
    }

    private void Tell(string status) => _view = Now(status);

    private JobView Now(string status, string? report = null, WireFailure? failure = null) => new()
    {
        Id = Id.Value,
        Name = _order?.Name ?? "",
        Status = status,
        Output = _job?.OutputPath ?? (_order is null ? null : OutputOf(_order)) ?? "",
        Started = _order?.OrderedAt ?? default,
        Seconds = _order is null ? 0 : Math.Round((DateTime.UtcNow - _order.OrderedAt).TotalSeconds, 3),
        Report = report,
        Failure = failure,
        TraceId = _trace?.TraceId.ToHexString() ?? "",
        Host = roster.HereName,
    };

    private static string? OutputOf(JobOrder order) =>
        order.Arguments.TryGetValue("out", out string[]? named) && named is [string path] ? Path.GetFullPath(path) : null;

    private JobView Current() => _view.Status == JobStatus.Unknown && _mayComeBack
        ? Now(JobStatus.Running)
        : Told();

    private JobView Told() => _host is null || _view.IsOver ? _view : WithProgress(Now(_view.Status), _host.Progress(Running()));

    private IEnumerable<AttemptProgress> Running() => _heartbeats.Values.SelectMany(heartbeat =>
        heartbeat.Bytes.Zip(heartbeat.SpilledBytes, (bytes, spilled) => new AttemptProgress(bytes, spilled)));

    private JobView WithProgress(JobView view, JobProgress progress) => view with
    {
        Bottleneck = _host?.Bottleneck?.ToJson(),
        Progress = new JobProgressView
        {
            Stage = progress.Stage,
            TasksDone = progress.TasksDone,
            TasksTotal = progress.TasksTotal,
            BytesDone = progress.BytesDone,
            BytesTotal = progress.BytesTotal,
            SpilledBytes = progress.SpilledBytes,
            Elapsed = progress.Elapsed,
            Paused = _heartbeats.Values.Select(heartbeat => heartbeat.Paused).FirstOrDefault(paused => paused is not null),
        },
    };

    private Task RememberAsync() => _memory.WriteAsync(RecordNow() with { View = _view });

    private JobRecord RecordNow() => new(Current())
    {
        Order = _order is null ? null : JsonSerializer.Serialize(_order, CoordinationJson.Default.JobOrder),
        Plan = _plan,
        Journal = _journal ?? _host?.JournalText,
    };
}
