using Orleans.Services;

namespace Sluice.Grains;

/// <summary>The remote face of a silo's pool, spill files and finished outputs.</summary>
[Alias("sluice.INetworkBufferPoolService")]
public interface INetworkBufferPoolService : IGrainService
{
    /// <summary>How the silo stands.</summary>
    [Alias("Status")]
    Task<SiloView> GetStatusAsync();

    /// <summary>Plans a job here, so that its attempts can start.</summary>
    /// <param name="order">A job order.</param>
    /// <param name="epoch">Of the coordinator that asks.</param>
    [Alias("Prepare")]
    Task<PrepareReply> PrepareAsync(WireDocument order, int epoch);

    /// <summary>Serves blocks of a finished output into the segments that the consumer has reserved.</summary>
    [Alias("Fetch"), ResponseTimeout("00:00:10")]
    Task<BufferBatch> FetchAsync(BufferFetch fetch);

    /// <summary>The consumer is done with a channel, or starts over.</summary>
    [Alias("Close")]
    Task CloseAsync(WireAttempt output, int run, int subpartition, int readerStage, int readerAttempt);

    /// <summary>Throws outputs away.</summary>
    [Alias("Discard")]
    Task DiscardAsync(int epoch, WireAttempt output);

    /// <summary>Gives back one partition of outputs.</summary>
    [Alias("DiscardPartition")]
    Task DiscardPartitionAsync(int epoch, WireAttempt[] outputs, int partition);

    /// <summary>Stops all attempts of a job and throws away all that is left of it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="epoch">Of the coordinator that ends it; one that was replaced is refused.</param>
    [Alias("EndJob")]
    Task EndJobAsync(Guid job, int epoch);

    /// <summary>What the silo remembers of how a job went.</summary>
    /// <returns>A <see cref="Jobs.SiloTimeline"/>; null when it has not worked for the job, or for many
    /// since.</returns>
    [Alias("Trace")]
    Task<WireDocument?> GetTraceAsync(Guid job);

    /// <summary>Takes no attempts any more; those it has go on.</summary>
    [Alias("Drain")]
    Task DrainAsync();
}

/// <summary>How a silo stands.</summary>
[GenerateSerializer, Immutable, Alias("sluice.silo")]
public sealed class SiloView
{
    /// <summary>Its address with its generation.</summary>
    [Id(0)]
    public string Silo { get; init; } = "";

    [Id(1)]
    public string Name { get; init; } = "";

    [Id(2)]
    public string Version { get; init; } = "";

    /// <summary>Tasks it runs at once; 0 when it drains.</summary>
    [Id(3)]
    public int Slots { get; init; }

    [Id(4)]
    public int Running { get; init; }

    [Id(5)]
    public int Queued { get; init; }

    /// <summary>Segments of the pool.</summary>
    [Id(6)]
    public int Segments { get; init; }

    [Id(7)]
    public int LentSegments { get; init; }

    /// <summary>Bytes of one segment.</summary>
    [Id(8)]
    public int SegmentSize { get; init; }

    /// <summary>Finished outputs that it holds.</summary>
    [Id(9)]
    public int Outputs { get; init; }

    /// <summary>Bytes free in its spill directories.</summary>
    [Id(10)]
    public long FreeDiskBytes { get; init; }

    [Id(11)]
    public bool IsDraining { get; init; }

    /// <summary>`HOST:PORT` where clients connect; empty when it has no gateway.</summary>
    [Id(12)]
    public string Gateway { get; init; } = "";

    /// <summary>Jobs it has attempts or outputs of.</summary>
    [Id(13)]
    public Guid[] Jobs { get; init; } = [];

    [Id(14)]
    public int ProcessId { get; init; }

    /// <summary>Bytes of blocks sent to other silos since it started.</summary>
    [Id(16)]
    public long SentBytes { get; init; }

    /// <summary>Bytes of blocks received from other silos since it started.</summary>
    [Id(17)]
    public long ReceivedBytes { get; init; }

    /// <summary>What it waits for, a sentence; null when nothing is paused.</summary>
    [Id(18)]
    public string? Paused { get; init; }

    /// <summary>Directories whose files lie on its own disks.</summary>
    [Id(19)]
    public string[] NearDirectories { get; init; } = [];

    /// <summary>As membership says: `Active`, `ShuttingDown` and so on.</summary>
    [Id(15)]
    public string Membership { get; init; } = "";
}

/// <summary>What a silo answers to a job that is to run there.</summary>
[GenerateSerializer, Immutable, Alias("sluice.prepare")]
public sealed class PrepareReply
{
    /// <summary>Of the plan that the silo made.</summary>
    [Id(0)]
    public string Fingerprint { get; init; } = "";

    /// <summary>Why it cannot run there.</summary>
    [Id(1)]
    public WireFailure? Failure { get; init; }

    /// <summary>Attempts that run or wait there, or whose end is not told yet.</summary>
    [Id(2)]
    public WireAttempt[] Attempts { get; init; } = [];
}
