namespace Sluice.Observability;

/// <summary>Names of instruments; units and descriptions stand where they are made.</summary>
public static class InstrumentNames
{
    /// <summary>Segments of a silo's pool in all.</summary>
    public const string PoolLimit = "sluice.pool.limit";

    /// <summary>Segments that nobody holds.</summary>
    public const string PoolFree = "sluice.pool.free";

    /// <summary>Segments held, by whom.</summary>
    public const string PoolLent = "sluice.pool.lent";

    /// <summary>Segments still out of pools whose owner has ended: leaks, when they stay.</summary>
    public const string PoolOrphaned = "sluice.pool.orphaned";

    /// <summary>Requests for a segment that stand in line.</summary>
    public const string PoolWaiters = "sluice.pool.waiters";

    /// <summary>How long the first request in line has stood there.</summary>
    public const string PoolLongestWait = "sluice.pool.longest_wait";

    /// <summary>Time that requests have stood in line.</summary>
    public const string PoolWaitTime = "sluice.pool.wait.time";

    /// <summary>Segments promised to fetches under way, by pair of stages and of silos.</summary>
    public const string ExchangeCredits = "sluice.exchange.credits";

    /// <summary>Blocks that wait at producers for credit, by pair of stages and of silos.</summary>
    public const string ExchangeBacklog = "sluice.exchange.backlog";

    /// <summary>Room promised to fetches under way from another silo.</summary>
    public const string ExchangeInFlight = "sluice.exchange.in_flight";

    /// <summary>Blocks received from another silo.</summary>
    public const string ExchangeReceived = "sluice.exchange.received";

    /// <summary>Time from a fetch to its answer from another silo.</summary>
    public const string FetchDuration = "sluice.exchange.fetch.duration";

    /// <summary>Bytes read, shuffled, spilled and written by tasks.</summary>
    public const string Io = "sluice.io";

    /// <summary>Records read, shuffled and written by tasks.</summary>
    public const string Records = "sluice.records";

    /// <summary>Runs written to spill files.</summary>
    public const string Spills = "sluice.spills";

    /// <summary>Merges of runs into fewer.</summary>
    public const string MergePasses = "sluice.merge.passes";

    /// <summary>Bytes that merge passes wrote again.</summary>
    public const string Rewritten = "sluice.merge.rewritten";

    /// <summary>Bytes through spill files, whoever reads and writes them.</summary>
    public const string DiskIo = "sluice.disk.io";

    /// <summary>Time in reads and writes of spill files, over all threads.</summary>
    public const string DiskTime = "sluice.disk.time";

    /// <summary>Room left on the disk of a spill directory.</summary>
    public const string DiskFree = "sluice.disk.free";

    /// <summary>Size of the disk of a spill directory.</summary>
    public const string DiskLimit = "sluice.disk.limit";

    /// <summary>Time of tasks: busy, back-pressured, idle.</summary>
    public const string TaskTime = "sluice.task.time";

    /// <summary>Shares of one attempt's time, when it ends: its three add up to 1.</summary>
    public const string TaskShare = "sluice.task.share";

    /// <summary>How long attempts took.</summary>
    public const string TaskDuration = "sluice.task.duration";

    /// <summary>Attempts that ended, by outcome.</summary>
    public const string Attempts = "sluice.attempts";

    /// <summary>Tasks that a silo runs at once.</summary>
    public const string SlotLimit = "sluice.slots.limit";

    /// <summary>Tasks that run.</summary>
    public const string SlotsUsed = "sluice.slots.used";

    /// <summary>Tasks that wait for a slot.</summary>
    public const string SlotsQueued = "sluice.slots.queued";

    /// <summary>The largest task's records over the average, of each stage of a job that succeeded.</summary>
    public const string StageSkew = "sluice.stage.skew";

    /// <summary>Jobs that failed because what was read was not what was written.</summary>
    public const string CertificateMismatches = "sluice.certificate.mismatches";

    /// <summary>Jobs that ended, by status.</summary>
    public const string Jobs = "sluice.jobs";

    /// <summary>Jobs whose coordinator is in this process.</summary>
    public const string JobsRunning = "sluice.jobs.running";

    /// <summary>How long jobs took.</summary>
    public const string JobDuration = "sluice.job.duration";
}
