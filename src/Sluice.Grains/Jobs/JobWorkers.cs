using Sluice.Engine;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>Has a coordinator's commands done by task grains and silos; nothing here waits.</summary>
/// <remarks>Called in turns of the job's grain; what calls bring comes back in turns of it.</remarks>
/// <param name="id">The job.</param>
/// <param name="epoch">Of this coordinator.</param>
/// <param name="grains">Reaches task grains.</param>
/// <param name="silos">Reaches the silos' services.</param>
/// <param name="diskWait">The job's own.</param>
/// <param name="handle">Takes events in.</param>
/// <param name="write">Writes the journal beside the grain, then goes on in a turn of it.</param>
internal sealed class JobWorkers(
    JobId id,
    int epoch,
    IGrainFactory grains,
    INetworkBufferPoolClient silos,
    DiskWait diskWait,
    Action<CoordinatorEvent> handle,
    Action<Action, Action> write)
    : IJobWorkers
{
    private const int MostCalls = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public DiskWait DiskWait => diskWait;

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

    public void Write(Action work, Action done) => write(work, done);

    public void Aside(Func<CoordinatorEvent> work) => AsideAsync(work).Ignore();

    private async Task StartAsync(StartAttempt start)
    {
        if (!await TryStartAsync(start))
        {
            // It does not run: the job ended there, or the silo went. A silo that is gone is told of by membership, one
            // that forgot the job is asked to prepare it again; until then there is no hurry to ask it the same again.
            await Task.Delay(Pause);
            handle(new AttemptStopped(start.Attempt));
        }
    }

    private async Task<bool> TryStartAsync(StartAttempt start)
    {
        ITaskGrain task = grains.GetGrain<ITaskGrain>(TaskKey.Of(start.Worker, WireAttempt.Of(id, start.Attempt)));
        WireDocument document = WireDocument.Of(start, CoordinationJson.Default.StartAttempt);
        for (int calls = 1; ; calls++)
        {
            try
            {
                return await task.StartAsync(epoch, document);
            }
#pragma warning disable CA1031 // The outcome is unknown; starting twice is harmless, so asking again finds out.
            catch (Exception)
#pragma warning restore CA1031
            {
                if (calls == MostCalls)
                {
                    // It may run all the same, or come to run when the call arrives at last; nobody would stop it then.
                    Cancel(start.Attempt, start.Worker);
                    return false;
                }
            }

            await Task.Delay(Pause);
        }
    }

    private async Task AsideAsync(Func<CoordinatorEvent> work) => handle(await LongWork.Run(work));
}
