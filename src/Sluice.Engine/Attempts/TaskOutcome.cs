using System.Text.Json.Serialization;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What an attempt made that ended well.</summary>
/// <remarks>
/// As JSON it has the counts alone: what goes to the coordinator besides is in <see cref="AttemptResult"/>.
/// </remarks>
internal sealed record TaskOutcome
{
    /// <summary>Records read from files, or from the shuffle before this stage's combine.</summary>
    public long RecordsIn { get; init; }

    public long BytesIn { get; init; }

    /// <summary>Records written, after the last combine.</summary>
    public long RecordsOut { get; init; }

    public long BytesOut { get; init; }

    public int Spills { get; init; }

    public long SpilledBytes { get; init; }

    public int MergePasses { get; init; }

    /// <summary>Bytes that merge passes wrote again; part of <see cref="SpilledBytes"/>.</summary>
    public long RewrittenBytes { get; init; }

    /// <summary>Records before and after combining, at spills, in merge passes and at the end of the shuffle.</summary>
    public CombineCount Combined { get; init; }

    /// <summary>Where the time went.</summary>
    public PhaseTimes Times { get; init; } = PhaseTimes.Zero;

    /// <summary>What the task's thread waited for, part of <see cref="PhaseTimes.Tasks"/>.</summary>
    /// <remarks>Nothing in what an older process told.</remarks>
    public WaitTimes Waits { get; init => field = value ?? WaitTimes.Zero; } = WaitTimes.Zero;

    /// <summary>Seconds in writes of spill files, over all threads.</summary>
    public double SpillWriteSeconds { get; init; }

    /// <summary>For a stage that writes a shuffle: the output, not yet handed to the silo.</summary>
    [JsonIgnore]
    public ResultPartition? Output { get; init; }

    /// <summary>For a stage that writes a shuffle: sums per partition over what was written.</summary>
    [JsonIgnore]
    public RecordSum[] Written { get; init; } = [];

    /// <summary>For a stage that reads a shuffle: sums per producer over what was read.</summary>
    [JsonIgnore]
    public RecordSum[] Read { get; init; } = [];

    /// <summary>Sum over whole records as the source gave them, for a plain sort.</summary>
    public RecordSum? Source { get; init; }

    /// <summary>Sum over whole records as they were written to the part.</summary>
    public RecordSum? Sink { get; init; }

    /// <summary>For a sample: the boundaries.</summary>
    [JsonIgnore]
    public byte[][]? Boundaries { get; init; }
}
