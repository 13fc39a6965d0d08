namespace Sluice.Client;

/// <summary>An interrupt ended the watching of a job, which goes on; the user has been told how to come back.</summary>
internal sealed class WatchEndedException : OperationCanceledException
{
    public WatchEndedException()
        : base("The job goes on; nobody watches it here any more.")
    {
    }
}
