namespace Sluice.Observability;

/// <summary>Names of spans.</summary>
public static class SpanNames
{
    /// <summary>A whole job, from its plan to its published output.</summary>
    public const string Job = "sluice.job";
}
