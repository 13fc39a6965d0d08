using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;
using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>
/// One job's name in the cluster: wherever it lives, there is one of it, and its journal is its memory.
/// </summary>
/// <remarks>
/// Takes calls and leaves the job to <see cref="HostedJob"/>. Turns are short, and calls may interleave.
/// </remarks>
[Reentrant]
internal sealed class JobGrain(
    JobPlanning planning,
    IJobHistory history,
    INetworkBufferPoolClient silos,
    SiloRoster roster,
    SiloEngine engine,
    ILogger<JobGrain> logger)
    : Grain, IJobGrain
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private JobMemory _memory = null!;
    private JobStanding _standing = null!;
    private HostedJob _job = null!;

    private JobId Id => new(this.GetPrimaryKey());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ScopedLogger log = new(logger, () => new LogScope(Id, null, _standing.TraceId ?? default));
        _memory = new JobMemory(history, log);
        _standing = new JobStanding(Id, roster);
        _job = new HostedJob(
            Id,
            _standing,
            planning,
            _memory,
            new JobCrew(Id, GrainFactory, silos, roster, new DiskWait(engine.DiskWait.Limit), log),
            roster,
            log)
        {
            Timer = (call, period) => this.RegisterGrainTimer(call, period, period),
            Ended = () => DelayDeactivation(Remembered),
        };
        if (await _memory.FindAsync(Id.Value) is { IsOver: true } ended)
        {
            _standing.Take(ended);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _job.LeaveAsync();

    public async Task<JobView> StartAsync(WireDocument order)
    {
        JobOrder read = order.Read(CoordinationJson.Default.JobOrder);

        // Its client may only not have heard that it was started before, on a silo that is gone since.
        await _job.ResumeIfDeadAsync(JobStanding.OutputOf(read));

        // Where nobody can tell by its journal: a job that no silo has is new, and fails with what is in the way.
        bool isNew = _standing.Obstacle is not null && !await roster.HasAsync(Id);
        if (_standing.IsUnknown && (!_standing.MayComeBack || (isNew && _standing.Obstacle is not null)))
        {
            _job.Begin(read with { OrderedAt = DateTime.UtcNow });
        }

        return _job.View;
    }

    public async Task<JobView> GetAsync(string? output)
    {
        await _job.ResumeIfDeadAsync(output);
        return _job.View;
    }

    public async Task<JobView> CancelAsync(string? output)
    {
        await _job.ResumeIfDeadAsync(output);
        _job.Cancel();
        return _job.View;
    }

    public async Task<JobExport> ExportAsync(string? output)
    {
        await _job.ResumeIfDeadAsync(output);
        JobRecord? record = _standing.Order is null ? await _memory.ReadAsync(Id.Value) : _job.Record;
        return new JobExport
        {
            View = _job.View,
            Order = record?.Order,
            Plan = record?.Plan,
            Journal = record?.Journal,
        };
    }

    public async Task EndedAsync(string output, WireDocument told)
    {
        await _job.ResumeIfDeadAsync(output);
        await _job.EndedAsync(told.Read(CoordinationJson.Default.AttemptEnd));
    }

    public async Task<bool> HeartbeatAsync(SiloHeartbeat heartbeat)
    {
        await _job.ResumeIfDeadAsync(heartbeat.Output);
        if (_job.IsUnplannable)
        {
            // Whoever tells this has planned it.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(heartbeat.Silo));
            MigrateOnIdle();
        }

        return _job.Take(heartbeat);
    }
}
