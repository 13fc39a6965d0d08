namespace Sluice.Observability;

/// <summary>Names of the attributes of measurements; each has few values, however many jobs run.</summary>
public static class MeasurementNames
{
    /// <summary>The silo's name, or `local` in this process.</summary>
    public const string Silo = AttributeNames.Silo;

    /// <summary>The silo at the other end.</summary>
    public const string PeerSilo = AttributeNames.PeerSilo;

    /// <summary>The kind of stage: `sample`, `map`, `middle`, `reduce`.</summary>
    public const string Stage = AttributeNames.Stage;

    /// <summary>The kind of stage at the other end of a shuffle.</summary>
    public const string PeerStage = "sluice.peer_stage";

    /// <summary>Who holds or waits for segments: a kind of stage, or `serving`.</summary>
    public const string PoolOwner = "sluice.pool.owner";

    /// <summary>`task`, or `output` for what has ended and gives its segments back on demand.</summary>
    public const string PoolUse = "sluice.pool.use";

    /// <summary>`in`, `shuffled`, `spilled`, `out`.</summary>
    public const string Flow = "sluice.flow";

    /// <summary>`read` or `write`.</summary>
    public const string Direction = "sluice.direction";

    /// <summary>`busy`, `back-pressured`, `idle`.</summary>
    public const string TaskState = "sluice.task_state";

    /// <summary>`succeeded`, `failed`, `lost`, `cancelled`.</summary>
    public const string Outcome = "sluice.outcome";

    /// <summary>A spill directory.</summary>
    public const string Directory = "sluice.disk.directory";
}
