namespace Sluice.Engine;

/// <summary>What attempts of one kind of stage on one silo have counted, added up.</summary>
/// <remarks>
/// Mutable: those of ended attempts are kept under <see cref="EngineSums.Gate"/>, others belong to one reader.
/// </remarks>
internal sealed class StageTotals
{
    public long InBytes { get; set; }

    public long ShuffledBytes { get; set; }

    public long SpilledBytes { get; set; }

    public long OutBytes { get; set; }

    public long InRecords { get; set; }

    public long ShuffledRecords { get; set; }

    public long OutRecords { get; set; }

    public long Spills { get; set; }

    public long MergePasses { get; set; }

    public long RewrittenBytes { get; set; }

    public TimeSpan Elapsed { get; set; }

    public TimeSpan Idle { get; set; }

    public TimeSpan BackPressured { get; set; }

    public TimeSpan Busy { get; set; }

    public void Add(StageTotals other)
    {
        InBytes += other.InBytes;
        ShuffledBytes += other.ShuffledBytes;
        SpilledBytes += other.SpilledBytes;
        OutBytes += other.OutBytes;
        InRecords += other.InRecords;
        ShuffledRecords += other.ShuffledRecords;
        OutRecords += other.OutRecords;
        Spills += other.Spills;
        MergePasses += other.MergePasses;
        RewrittenBytes += other.RewrittenBytes;
        Elapsed += other.Elapsed;
        Idle += other.Idle;
        BackPressured += other.BackPressured;
        Busy += other.Busy;
    }
}
