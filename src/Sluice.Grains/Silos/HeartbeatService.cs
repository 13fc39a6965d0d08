using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>
/// Tells each job every second how its attempts on this silo are; a job whose host died comes back by that.
/// </summary>
/// <remarks>
/// A job that was still planned where a silo died is no silo's yet: whenever one dies, all that are remembered as going
/// on are asked for. Threading: membership tells of silos on any thread, the rest is one loop.
/// </remarks>
internal sealed class HeartbeatService(
    SiloEngine engine,
    ServingDesk desk,
    IGrainFactory grains,
    ISiloStatusOracle membership,
    ILogger<HeartbeatService> logger) : BackgroundService, ISiloStatusListener
{
    private const int MostJobs = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, SiloJob> _told = new();
    private int _hasLostSilo;

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead)
        {
            Volatile.Write(ref _hasLostSilo, 1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        membership.SubscribeToSiloStatusEvents(this);
        using PeriodicTimer timer = new(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // A job whose host does not answer keeps none of the others waiting.
            foreach (SiloJob job in engine.Jobs.All.Where(job => _told.TryAdd(job.Order.Id.Value, job)))
            {
                TellAsync(job).ContinueWith(
                    done => _told.TryRemove(job.Order.Id.Value, out _), TaskScheduler.Default).Ignore();
            }

            if (Interlocked.Exchange(ref _hasLostSilo, 0) != 0)
            {
                AskForJobsAsync().Ignore();
            }
        }
    }

    private async Task TellAsync(SiloJob job)
    {
        try
        {
            AttemptProgress[] running = [.. job.Progress];
            bool goesOn = await grains.GetGrain<IJobGrain>(job.Order.Id.Value).HeartbeatAsync(new SiloHeartbeat
            {
                Silo = engine.Silo,
                Output = job.Preparation.OutputPath,
                Bytes = [.. running.Select(attempt => attempt.Bytes)],
                SpilledBytes = [.. running.Select(attempt => attempt.SpilledBytes)],
                PeakMemoryBytes = ProcessMemory.PeakBytes(),
                Paused = engine.Paused,
                ReclaimedBytes = job.ReclaimedBytes,
            });
            if (!goesOn)
            {
                desk.CloseJob(job.Order.Id.Value);
                await Task.Run(() => engine.Jobs.End(job.Order.Id.Value));
            }
        }
#pragma warning disable CA1031 // A silo that cannot reach a job's host tries again a second later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HeartbeatUnheard(exception, job.Order.Id);
        }
    }

    private async Task AskForJobsAsync()
    {
        try
        {
            await grains.GetGrain<IClusterGrain>(0).GetJobsAsync(MostJobs);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.JobsUnasked(exception);
            Volatile.Write(ref _hasLostSilo, 1);
        }
    }
}
