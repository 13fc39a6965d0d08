using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Sluice.Engine;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Grains;

/// <summary>The remote face of the silo's engine: status, planning, and serving of finished outputs.</summary>
/// <remarks>It has no state of its own; what takes long runs on the thread pool, not in its turns.</remarks>
[Reentrant]
internal sealed class NetworkBufferPoolService(
    GrainId id, Silo silo, ILoggerFactory loggerFactory, SiloEngine engine, ServingDesk desk)
    : GrainService(id, silo, loggerFactory), INetworkBufferPoolService
{
    private static readonly TimeSpan ServingPatience = TimeSpan.FromSeconds(8);

    public Task<SiloView> GetStatusAsync() => Task.FromResult(engine.View);

    public Task<PrepareReply> PrepareAsync(WireDocument order, int epoch) => Task.Run(() =>
    {
        JobOrder read = order.Read(CoordinationJson.Default.JobOrder);
        try
        {
            SiloJob job = engine.Jobs.Prepare(read, epoch);
            return new PrepareReply { Fingerprint = job.Preparation.Fingerprint, Attempts = [.. job.Attempts] };
        }
        catch (SluiceException exception)
        {
            return new PrepareReply
            {
                Failure = WireFailure.Of(exception.Error.On(engine.Name), exception.ToString()),
            };
        }
#pragma warning disable CA1031 // A job's class may throw anything; it must reach the user as what it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            engine.Jobs.LoggerOf(read.Id).PlanFailed(read.Id, exception.GetType().Name);
            return new PrepareReply
            {
                Failure = WireFailure.Of(
                    SluiceErrors.SiloFailed(engine.Name, $"{exception.GetType().Name}: {exception.Message}"),
                    exception.ToString()),
            };
        }
    });

    public Task<BufferBatch> FetchAsync(BufferFetch fetch) => Task.Run(async () =>
    {
        using CancellationTokenSource patience = new(ServingPatience);
        try
        {
            return await desk.ServeAsync(fetch, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // No segment came free to read into: the consumer asks again.
            return new BufferBatch { Fetch = fetch.Fetch, IsRevoked = true };
        }
        catch (Exception exception) when (exception is ServingException || ProcessLimits.IsReached(exception))
        {
            return FailedBatch(fetch, FetchStatus.Unserved, exception.Message);
        }
        // Whatever reading an output threw, the consumer must hear that its producer has to run again.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return FailedBatch(fetch, FetchStatus.Failed, $"{exception.GetType().Name}: {exception.Message}");
        }
    });

    public Task CloseAsync(WireAttempt output, int run, int subpartition, int readerStage, int readerAttempt)
    {
        desk.Close(new ChannelId(output.Output, run, subpartition, new ReaderId(readerStage, readerAttempt)));
        return Task.CompletedTask;
    }

    public Task DiscardAsync(int epoch, WireAttempt output) => Task.Run(() =>
    {
        if (engine.Jobs.Find(output.Job) is SiloJob job && job.Obeys(epoch))
        {
            engine.Outputs.Release(output.Output);
        }
    });

    public Task DiscardPartitionAsync(int epoch, WireAttempt[] outputs, int partition) => Task.Run(() =>
    {
        foreach (WireAttempt output in outputs)
        {
            if (engine.Jobs.Find(output.Job) is SiloJob job && job.Obeys(epoch))
            {
                engine.Outputs.Discard(output.Output, partition);
            }
        }
    });

    public Task EndJobAsync(Guid job, int epoch) => Task.Run(() =>
    {
        if (engine.Jobs.Find(job)?.Obeys(epoch) != false)
        {
            desk.CloseJob(job);
            engine.Jobs.End(job);
        }
    });

    public Task<WireDocument?> GetTraceAsync(Guid job) => Task.FromResult(
        engine.Traces.Find(job) is SiloTimeline trace ? new WireDocument { Json = trace.ToJson() } : null);

    public Task DrainAsync()
    {
        engine.Drain();
        return Task.CompletedTask;
    }

    private static BufferBatch FailedBatch(BufferFetch fetch, FetchStatus status, string why) => new()
    {
        Fetch = fetch.Fetch,
        Status = status,
        FirstSequence = fetch.FromSequence,
        Source = why,
    };
}
