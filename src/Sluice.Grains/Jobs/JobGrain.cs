using System.Diagnostics;
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
internal sealed partial class JobGrain(
    JobPlanning planning, JobHistory history, INetworkBufferPoolClient silos, SiloRoster roster, ILogger<JobGrain> logger)
    : Grain, IJobGrain
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, SiloHeartbeat> _heartbeats = new(StringComparer.Ordinal);
    private readonly HashSet<string> _workers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _draining = new(StringComparer.Ordinal);
    private JobOrder? _order;
    private JobHost? _host;
    private JobView _view = new();
    private Task? _resuming;
    private Activity? _trace;
    private ActivityTraceId _traceId;
    private int _epoch = 1;
    private bool _isCancelled;
    private bool _isEnding;

    private JobId Id => new(this.GetPrimaryKey());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _view = history.Find(Id.Value) is { IsOver: true } ended ? ended : new JobView { Id = Id.Value };
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Another silo goes on with it.
        _host?.Abandon();
        _host = null;
        return Task.CompletedTask;
    }

    public Task<JobView> StartAsync(WireDocument order)
    {
        if (_view.Status == JobStatus.Unknown)
        {
            _order = order.Read(CoordinationJson.Default.JobOrder) with { OrderedAt = DateTime.UtcNow };
            Tell(JobStatus.Planning);
            Remember();
            RunAsync().Ignore();
        }

        return Task.FromResult(Current());
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

    public async Task EndedAsync(string output, WireDocument told)
    {
        await ResumeIfDeadAsync(output);
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
        return !_view.IsOver && (_host is not null || _view.Status == JobStatus.Planning || _resuming is not null);
    }

    private async Task RunAsync()
    {
        try
        {
            BeginTrace();
            IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
            int slots = workers.Sum(worker => worker.Slots);
            if (slots == 0)
            {
                throw new SluiceException(SluiceErrors.NoSlots(workers.Count));
            }

            _order = _order! with { Parallelism = slots };
            JobPreparation job = await Task.Run(() => planning.Prepare(_order));
            await JoinAllAsync(workers, job, mustAll: true);
            JobWorkers hands = HandsOf();
            _host = await Task.Run(() => JobHost.Begin(Id, _order.Name, job, _order.Overwrite, _order, hands));
            Tell(JobStatus.Running);
            Remember();
            Go(workers);
        }
#pragma warning disable CA1031 // Whatever a job's class or a layer threw is the job's failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FailToStart(exception);
        }
    }

    private async Task ResumeIfDeadAsync(string? output)
    {
        if (_view.Status == JobStatus.Unknown && !string.IsNullOrEmpty(output))
        {
            await (_resuming ??= ResumeAsync(output));
        }
    }

    private async Task ResumeAsync(string output)
    {
        try
        {
            (ResumedJob? resumed, JobView? ended) = await Task.Run(() => planning.TryResume(Id, output));
            if (ended is not null)
            {
                _view = ended;
                return;
            }

            if (resumed is null)
            {
                return;
            }

            _order = resumed.Order;
            _epoch = resumed.Epoch;
            BeginTrace();
            JobWorkers hands = HandsOf();
            _host = await Task.Run(() => JobHost.Resume(resumed.Order, resumed.Job, resumed.Output, hands));
            Tell(JobStatus.Running);
            LogResumed(Id, _epoch);
            IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
            HashSet<WireAttempt> alive = [.. await JoinAllAsync(workers, resumed.Job, mustAll: false)];
            foreach (AttemptId attempt in _host.State.AllRunning().Where(attempt => !alive.Contains(WireAttempt.Of(Id, attempt))).ToList())
            {
                Do(host => host.Handle(new AttemptStopped(attempt)));
            }

            foreach (string silo in _host.State.AllWorkers().Where(silo => workers.All(worker => worker.Silo != silo)).ToList())
            {
                Do(host => host.Handle(new WorkerLost(silo)));
            }

            Go(workers);
        }
#pragma warning disable CA1031 // The next heartbeat tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotResumed(exception, Id);
            _host?.Abandon();
            _host = null;
            _view = new JobView { Id = Id.Value };
        }
        finally
        {
            _resuming = null;
        }
    }

    private void Go(IReadOnlyList<SiloView> workers)
    {
        foreach (SiloView worker in workers.Where(worker => _workers.Contains(worker.Silo)))
        {
            Do(host => host.Handle(new WorkerJoined(worker.Silo, worker.Slots)));
        }

        if (_isCancelled)
        {
            Do(host => host.Cancel());
        }

        this.RegisterGrainTimer(RefreshWorkersAsync, Watch, Watch);
    }

    /// <summary>Has silos plan the job.</summary>
    /// <returns>The attempts they still have of it.</returns>
    /// <exception cref="SluiceException">One of them cannot, or planned something else, and all must.</exception>
    private async Task<List<WireAttempt>> JoinAllAsync(IEnumerable<SiloView> workers, JobPreparation job, bool mustAll)
    {
        List<WireAttempt> attempts = [];
        string fingerprint = await Task.Run(() => job.Fingerprint);
        WireDocument order = WireDocument.Of(_order!, CoordinationJson.Default.JobOrder);
        (SiloView Silo, PrepareReply Reply)[] replies = await Task.WhenAll(workers.Select(async silo =>
            (silo, await silos.On(silo.Silo).PrepareAsync(order, _epoch))));
        foreach ((SiloView silo, PrepareReply reply) in replies)
        {
            SluiceError? failure = reply.Failure?.ToError()
                ?? (reply.Fingerprint == fingerprint ? null : SluiceErrors.SiloDiffers(silo.Name));
            if (failure is null)
            {
                _workers.Add(silo.Silo);
                attempts.AddRange(reply.Attempts);
            }
            else if (mustAll)
            {
                throw new SluiceException(failure);
            }
            else
            {
                LogUnfit(silo.Name, failure.What, failure.Where);
            }
        }

        return attempts;
    }

    /// <summary>Tells the coordinator which silos have come, drain or are gone.</summary>
    private async Task RefreshWorkersAsync()
    {
        if (_host is null || _host.IsFinished)
        {
            return;
        }

        foreach (string silo in _workers.Where(roster.IsDead).ToList())
        {
            _workers.Remove(silo);
            _draining.Remove(silo);
            _heartbeats.Remove(silo);
            LogLost(silo, Id);
            Do(host => host.Handle(new WorkerLost(silo)));
        }

        IReadOnlyList<SiloView> workers = await roster.WorkersAsync();
        foreach (SiloView silo in workers.Where(silo => silo.IsDraining && _workers.Contains(silo.Silo) && _draining.Add(silo.Silo)))
        {
            Do(host => host.Handle(new WorkerDraining(silo.Silo)));
        }

        SiloView[] fresh = [.. workers.Where(silo => silo.Slots > 0 && !_workers.Contains(silo.Silo))];
        if (fresh.Length > 0 && _host is { IsFinished: false } && _order is not null)
        {
            JobPreparation job = await Task.Run(() => planning.Prepare(_order));
            await JoinAllAsync(fresh, job, mustAll: false);
            foreach (SiloView silo in fresh.Where(silo => _workers.Contains(silo.Silo)))
            {
                Do(host => host.Handle(new WorkerJoined(silo.Silo, silo.Slots)));
            }
        }
    }

    private JobWorkers HandsOf() =>
        new(Id, _epoch, GrainFactory, silos, happened => Do(host => host.Handle(happened)));

    // A journal that cannot be written stops the job: what it would announce must not happen.
    private void Do(Action<JobHost> what)
    {
        if (_host is null || _host.IsFinished)
        {
            return;
        }

        try
        {
            what(_host);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FailToStart(exception);
            return;
        }

        if (_host.IsFinished && !_isEnding)
        {
            _isEnding = true;
            EndAsync().Ignore();
        }
    }

    private async Task EndAsync()
    {
        JobHost host = _host!;
        long peak = _heartbeats.Values.Select(heartbeat => heartbeat.PeakMemoryBytes).DefaultIfEmpty().Max();
        if (host.Failure is AttemptFailure failure)
        {
            _trace?.SetStatus(ActivityStatusCode.Error, failure.Error.What);
            await GiveUpAsync();
            await Task.Run(host.Dispose);
            _view = Now(
                failure.Error.Code == SluiceErrors.Cancelled("").Code ? JobStatus.Cancelled : JobStatus.Failed,
                failure: WireFailure.Of(failure.Error, failure.Detail));
        }
        else
        {
            JobReport report = host.Report(_traceId, peak, []);
            await GiveUpAsync();
            await Task.Run(host.Dispose);
            _view = Now(JobStatus.Succeeded, report: report.ToJson(indented: false));
        }

        Finish();
    }

    private void FailToStart(Exception exception)
    {
        SluiceException known = FailureTranslation.OfJob(exception);
        LogFailed(exception, Id);
        _trace?.SetStatus(ActivityStatusCode.Error, known.Error.What);
        _view = Now(JobStatus.Failed, failure: WireFailure.Of(known.Error, exception.ToString()));
        JobHost? host = _host;
        GiveUpAsync().Ignore();
        Task.Run(() => host?.Dispose()).Ignore();
        Finish();
    }

    private async Task GiveUpAsync()
    {
        try
        {
            await Task.WhenAll(_workers.Where(silo => !roster.IsDead(silo)).Select(silo => silos.On(silo).EndJobAsync(Id.Value)));
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // A silo that did not hear it gives the job up at its next heartbeat.
            LogDeaf(exception, Id);
        }
    }

    private void Finish()
    {
        _host = null;
        _trace?.Dispose();
        _trace = null;
        Remember();
        DelayDeactivation(Remembered);
    }

    private void BeginTrace()
    {
        ActivityContext.TryParse(_order!.TraceParent, null, out ActivityContext parent);
        _trace = Telemetry.Source.StartActivity(SpanNames.Job, ActivityKind.Internal, parent);
        _trace?.SetTag(AttributeNames.JobName, _order.Name);
        _traceId = _trace?.TraceId ?? (parent.TraceId != default ? parent.TraceId : ActivityTraceId.CreateRandom());
    }

    private void Tell(string status) => _view = Now(status);

    private JobView Now(string status, string? report = null, WireFailure? failure = null) => new()
    {
        Id = Id.Value,
        Name = _order?.Name ?? "",
        Status = status,
        Output = _order?.ToArguments().Find("out") ?? "",
        Started = _order?.OrderedAt ?? default,
        Seconds = _order is null ? 0 : Math.Round((DateTime.UtcNow - _order.OrderedAt).TotalSeconds, 3),
        Report = report,
        Failure = failure,
        TraceId = _traceId == default ? "" : _traceId.ToHexString(),
        Host = roster.HereName,
    };

    private JobView Current() => _host is null || _view.IsOver ? _view : WithProgress(Now(_view.Status), _host.Progress(Running()));

    private IEnumerable<AttemptProgress> Running() => _heartbeats.Values.SelectMany(heartbeat =>
        heartbeat.Bytes.Zip(heartbeat.SpilledBytes, (bytes, spilled) => new AttemptProgress(bytes, spilled)));

    private JobView WithProgress(JobView view, JobProgress progress) => new()
    {
        Id = view.Id,
        Name = view.Name,
        Status = view.Status,
        Output = view.Output,
        Started = view.Started,
        Seconds = view.Seconds,
        TraceId = view.TraceId,
        Host = view.Host,
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

    private void Remember()
    {
        try
        {
            history.Write(_view);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogForgotten(exception, Id);
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Job {Job} goes on from its journal, epoch {Epoch}.")]
    private partial void LogResumed(JobId job, int epoch);

    [LoggerMessage(21, LogLevel.Warning, "Job {Job} cannot go on yet.")]
    private partial void LogNotResumed(Exception exception, JobId job);

    [LoggerMessage(22, LogLevel.Warning, "Silo {Silo} cannot run this job: {What}, {Where}.")]
    private partial void LogUnfit(string silo, string what, string where);

    [LoggerMessage(23, LogLevel.Warning, "Silo {Silo} is gone; job {Job} does its lost work again.")]
    private partial void LogLost(string silo, JobId job);

    [LoggerMessage(24, LogLevel.Warning, "Job {Job} failed.")]
    private partial void LogFailed(Exception exception, JobId job);

    [LoggerMessage(25, LogLevel.Warning, "A silo was not told that job {Job} is over.")]
    private partial void LogDeaf(Exception exception, JobId job);

    [LoggerMessage(26, LogLevel.Warning, "Job {Job} could not be written to the history.")]
    private partial void LogForgotten(Exception exception, JobId job);
}
