namespace Sluice.Jobs;

/// <summary>The words for how a job stands.</summary>
public static class JobStatus
{
    public const string Unknown = "unknown";
    public const string Planning = "planning";
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
