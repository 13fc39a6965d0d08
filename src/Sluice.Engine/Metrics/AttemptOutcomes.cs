namespace Sluice.Engine;

/// <summary>The words for how an attempt ended.</summary>
internal static class AttemptOutcomes
{
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Lost = "lost";
    public const string Cancelled = "cancelled";
}
