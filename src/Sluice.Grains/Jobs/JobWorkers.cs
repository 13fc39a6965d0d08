using Sluice.Engine;
using Sluice.Jobs;

namespace Sluice.Grains;

/// <summary>Has a coordinator's commands done by task grains and silos; nothing here waits.</summary>
/// <remarks>Called in turns of the job's grain; what calls bring comes back in turns of it.</remarks>
/// <param name="id">The job.</param>
/// <param name="epoch">Of this coordinator.</param>
/// <param name="grains">Reaches task grains.</param>
/// <param name="silos">Reaches the silos' services.</param>
/// <param name="handle">Takes events in.</param>
internal sealed class JobWorkers(
    JobId id, int epoch, IGrainFactory grains, INetworkBufferPoolClient silos, Action<CoordinatorEvent> handle) : IJobWorkers
{
    public void Start(StartAttempt start) => StartAsync(start).Ignore();

    public void Cancel(AttemptId attempt, string worker) =>
        grains.GetGrain<ITaskGrain>(TaskKey.Of(worker, WireAttempt.Of(id, attempt))).CancelAsync(epoch).Ignore();

    public void Discard(AttemptId attempt, string worker) =>
        silos.On(worker).DiscardAsync(epoch, WireAttempt.Of(id, attempt)).Ignore();

    public void DiscardPartition(IReadOnlyList<ProducerWin> producers, int partition)
    {
        foreach (IGrouping<string, ProducerWin> silo in producers.GroupBy(producer => producer.Worker))
        {
            WireAttempt[] outputs = [.. silo.Select(producer => WireAttempt.Of(id, producer.Attempt))];
            silos.On(silo.Key).DiscardPartitionAsync(epoch, outputs, partition).Ignore();
        }
    }

    public void Aside(Func<CoordinatorEvent> work) => AsideAsync(work).Ignore();

    private async Task StartAsync(StartAttempt start)
    {
        ITaskGrain task = grains.GetGrain<ITaskGrain>(TaskKey.Of(start.Worker, WireAttempt.Of(id, start.Attempt)));
        WireDocument document = WireDocument.Of(start, CoordinationJson.Default.StartAttempt);
        try
        {
            if (!await task.StartAsync(epoch, document))
            {
                handle(new AttemptStopped(start.Attempt));
            }
        }
#pragma warning disable CA1031 // Starting twice is harmless, so whatever happened on the way, asking again finds out.
        catch (Exception)
#pragma warning restore CA1031
        {
            await AskAgainAsync(task, start, document);
        }
    }

    // The outcome of a call that timed out is unknown. A silo that is gone is told of by membership.
    private async Task AskAgainAsync(ITaskGrain task, StartAttempt start, WireDocument document)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            if (!await task.StartAsync(epoch, document))
            {
                handle(new AttemptStopped(start.Attempt));
            }
        }
#pragma warning disable CA1031 // It could not be started: it is as good as stopped, and tried again where there is a slot.
        catch (Exception)
#pragma warning restore CA1031
        {
            handle(new AttemptStopped(start.Attempt));
        }
    }

    private async Task AsideAsync(Func<CoordinatorEvent> work) => handle(await Task.Run(work));
}
