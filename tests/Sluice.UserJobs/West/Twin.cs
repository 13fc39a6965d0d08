using Sluice.Jobs;

namespace Sluice.UserJobs.West;

/// <summary>Has a namesake in the East.</summary>
public sealed class Twin : IJob
{
    public void Define(JobBuilder job) => new LineLengths().Define(job);
}
