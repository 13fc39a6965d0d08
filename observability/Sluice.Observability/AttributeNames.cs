namespace Sluice.Observability;

/// <summary>Names of attributes of spans, events and measurements.</summary>
public static class AttributeNames
{
    /// <summary>What the user calls the job.</summary>
    public const string JobName = "sluice.job.name";

    /// <summary>The job's id, 32 hexadecimal digits.</summary>
    public const string JobId = "sluice.job.id";

    /// <summary>Whether the job goes on from its journal, because its host died or left.</summary>
    public const string Resumed = "sluice.resumed";

    /// <summary>Whether the job's host left in good order, and another goes on.</summary>
    public const string HandedOver = "sluice.handed_over";

    /// <summary>Name of a silo; `local` without a cluster.</summary>
    public const string Silo = "sluice.silo";

    /// <summary>Name of the silo that was asked.</summary>
    public const string PeerSilo = "sluice.peer_silo";

    /// <summary>Name of a stage.</summary>
    public const string Stage = "sluice.stage";

    /// <summary>Number of a stage in its plan, from 0 on.</summary>
    public const string StageNumber = "sluice.stage_number";

    /// <summary>Index of a task in its stage, from 0 on.</summary>
    public const string Task = "sluice.task";

    /// <summary>Number of an attempt of its task, from 1 on.</summary>
    public const string Attempt = "sluice.attempt";

    /// <summary>Whether an attempt was lost with its silo.</summary>
    public const string Lost = "sluice.lost";

    /// <summary>
    /// Whether an attempt was stopped before it ended: it was not needed any more, or the job was cancelled.
    /// </summary>
    public const string Stopped = "sluice.stopped";

    /// <summary>Tasks of a stage.</summary>
    public const string Tasks = "sluice.tasks";

    /// <summary>Attempts of a stage.</summary>
    public const string Attempts = "sluice.attempts";

    /// <summary>Records taken in.</summary>
    public const string RecordsIn = "sluice.records_in";

    /// <summary>Records written.</summary>
    public const string RecordsOut = "sluice.records_out";

    /// <summary>Bytes taken in.</summary>
    public const string BytesIn = "sluice.bytes_in";

    /// <summary>Bytes written.</summary>
    public const string BytesOut = "sluice.bytes_out";

    /// <summary>Fills written to files.</summary>
    public const string Spills = "sluice.spills";

    /// <summary>Bytes written to spill files.</summary>
    public const string SpilledBytes = "sluice.spilled_bytes";

    /// <summary>Passes that wrote runs once more.</summary>
    public const string MergePasses = "sluice.merge_passes";

    /// <summary>Bytes that merge passes wrote.</summary>
    public const string RewrittenBytes = "sluice.rewritten_bytes";

    /// <summary>Seconds of sorting.</summary>
    public const string SortTime = "sluice.sort_time";

    /// <summary>Seconds of writing spills.</summary>
    public const string SpillTime = "sluice.spill_time";

    /// <summary>Seconds that the collector waited for the spiller.</summary>
    public const string BlockedTime = "sluice.blocked_time";

    /// <summary>Seconds of waiting for blocks of other tasks.</summary>
    public const string FetchTime = "sluice.fetch_time";

    /// <summary>Seconds of merge passes.</summary>
    public const string MergeTime = "sluice.merge_time";

    /// <summary>Seconds of waiting for the output's disk.</summary>
    public const string OutputTime = "sluice.output_time";

    /// <summary>The largest task of a stage by the average one.</summary>
    public const string Skew = "sluice.skew";

    /// <summary>Records of one step.</summary>
    public const string Records = "sluice.records";

    /// <summary>Bytes of one step.</summary>
    public const string Bytes = "sluice.bytes";

    /// <summary>Sorted runs that were merged.</summary>
    public const string Runs = "sluice.runs";

    /// <summary>Blocks that had room.</summary>
    public const string Credits = "sluice.credits";

    /// <summary>Blocks that came.</summary>
    public const string Blocks = "sluice.blocks";

    /// <summary>Blocks that wait at the producer.</summary>
    public const string Backlog = "sluice.backlog";

    /// <summary>How often a fetch was sent.</summary>
    public const string Tries = "sluice.tries";

    /// <summary>A file.</summary>
    public const string Path = "sluice.path";

    /// <summary>Parts of the job's output.</summary>
    public const string Parts = "sluice.parts";

    /// <summary>Spans below this one that were left out, beyond the limit.</summary>
    public const string SpansLeftOut = "sluice.spans_left_out";

    /// <summary>Attempts of this stage that have no span, beyond the limit.</summary>
    public const string AttemptsLeftOut = "sluice.attempts_left_out";

    /// <summary>Producers that an attempt read without a link to them, beyond the limit.</summary>
    public const string LinksLeftOut = "sluice.links_left_out";

    /// <summary>
    /// The code of the error, as `sluice help CODE` explains it; `silo_lost` for an attempt lost with its silo.
    /// </summary>
    /// <remarks>OpenTelemetry's own name.</remarks>
    public const string ErrorType = "error.type";
}
