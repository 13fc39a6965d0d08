namespace Sluice.Observability;

/// <summary>Names of spans. Those of clients, jobs, stages and tasks show behind it which one it is.</summary>
public static class SpanNames
{
    /// <summary>A job as the console or an application sees it, from its order to its report.</summary>
    public const string Client = "sluice.client";

    /// <summary>A whole job where its coordinator is, from its plan to its published output.</summary>
    public const string Job = "sluice.job";

    /// <summary>One stage, from the start of its first attempt to the end of its last task.</summary>
    public const string Stage = "sluice.stage";

    /// <summary>One attempt of one task, on the thread that runs it.</summary>
    public const string Task = "sluice.task";

    /// <summary>One fill of the ring, sorted and written to a file.</summary>
    public const string Spill = "sluice.spill";

    /// <summary>One pass that writes runs once more, because there are too many to merge at once.</summary>
    public const string Merge = "sluice.merge";

    /// <summary>One batch of blocks from another silo, from the request to its answer.</summary>
    public const string Fetch = "sluice.fetch";

    /// <summary>A wait of a task for memory that stands behind a credit, a ring or a merge.</summary>
    public const string Stall = "sluice.stall";

    /// <summary>A wait of a task for room on a full disk.</summary>
    public const string DiskPause = "sluice.disk_pause";

    /// <summary>The last proof, and the move of all parts into place.</summary>
    public const string Commit = "sluice.commit";
}
