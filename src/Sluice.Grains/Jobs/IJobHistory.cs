namespace Sluice.Grains;

/// <summary>Remembers jobs for when nothing runs any more that knew them; every silo reaches the same one.</summary>
/// <remarks>Threading: any thread. What fails is the caller's to survive: no job depends on it.</remarks>
public interface IJobHistory
{
    /// <summary>Remembers how a job stands; what the record does not name stays as it was remembered.</summary>
    Task WriteAsync(JobRecord job, CancellationToken cancellationToken = default);

    /// <summary>How a job stood last; null when it is not remembered.</summary>
    Task<JobView?> FindAsync(Guid job, CancellationToken cancellationToken = default);

    /// <summary>All that is remembered of a job; null when nothing is.</summary>
    Task<JobRecord?> ReadAsync(Guid job, CancellationToken cancellationToken = default);

    /// <summary>The newest jobs first: ids grow with time.</summary>
    Task<IReadOnlyList<JobView>> NewestAsync(int most, CancellationToken cancellationToken = default);
}

/// <summary>What is remembered of a job.</summary>
/// <param name="View">How it stood last.</param>
public sealed record JobRecord(JobView View)
{
    /// <summary>How it was ordered, as JSON.</summary>
    public string? Order { get; init; }

    /// <summary>What it was planned to do: schema `sluice.plan/1`.</summary>
    public string? Plan { get; init; }

    /// <summary>What its coordinator decided, a JSON object a line; there when it has ended.</summary>
    public string? Journal { get; init; }
}
