using Orleans.Concurrency;
using Orleans.Placement;
using Sluice.Engine;

namespace Sluice.Grains;

/// <summary>
/// One attempt of one task on the silo that its key names: has it run there, and tells its job how it ended.
/// </summary>
/// <remarks>
/// The attempt runs on a thread of the silo's engine, with a LocalBufferPool of its own; turns here are short. A
/// finished output passes to the silo, which serves it after this grain is gone. A late call to an ended attempt makes
/// an empty grain that refuses it and leaves.
/// </remarks>
[PinnedPlacement, KeepAlive, Immovable, Reentrant]
internal sealed class TaskGrain(SiloEngine engine) : Grain, ITaskGrain
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private WireAttempt _attempt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _attempt = TaskKey.AttemptOf(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task<bool> StartAsync(int epoch, WireDocument start)
    {
        StartAttempt command = start.Read(CoordinationJson.Default.StartAttempt);
        bool isStarted = engine.Jobs.TryStart(_attempt, epoch, command, Ended());
        if (!isStarted && engine.Jobs.Find(_attempt.Job)?.Attempts.Contains(_attempt) != true)
        {
            DeactivateOnIdle();
            return Task.FromResult(false);
        }

        return Task.FromResult(true);
    }

    public Task CancelAsync(int epoch)
    {
        engine.Jobs.Cancel(_attempt, epoch);
        if (engine.Jobs.Find(_attempt.Job)?.Attempts.Contains(_attempt) != true)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    // The end is told on the attempt's thread; from there it hops back into a turn of this grain.
    private Action<AttemptEnd> Ended()
    {
        IGrainContext context = GrainContext;
        return told => context.Scheduler.QueueAction(() => TellAsync(told).Ignore());
    }

    private async Task TellAsync(AttemptEnd told)
    {
        if (told.Failure is AttemptFailure failure)
        {
            engine.Jobs.LoggerOf(_attempt).AttemptFailed(_attempt.Id, failure.Error.Code, failure.Error.Where);
        }

        WireDocument document = WireDocument.Of(
            told with { PeakMemoryBytes = ProcessMemory.PeakBytes() }, CoordinationJson.Default.AttemptEnd);
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (engine.Jobs.Find(_attempt.Job) is SiloJob job)
        {
            try
            {
                await GrainFactory.GetGrain<IJobGrain>(_attempt.Job).EndedAsync(job.Preparation.OutputPath, document);
                job.Forget(_attempt);
                break;
            }
#pragma warning disable CA1031 // Whatever went wrong on the way, the end must be told: the job waits for it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                engine.Jobs.LoggerOf(_attempt).EndUntold(exception, _attempt.Id);
                await Task.Delay(pause);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }

        DeactivateOnIdle();
    }
}
