namespace Sluice.Observability;

/// <summary>Names of attributes of spans, events and measurements.</summary>
public static class AttributeNames
{
    /// <summary>What the user calls the job.</summary>
    public const string JobName = "sluice.job.name";
}
