using Sluice.Jobs;

namespace Sluice.UserJobs.East;

/// <summary>Has a namesake in the West.</summary>
public sealed class Twin : IJob
{
    public void Define(JobBuilder job) => new LineLengths().Define(job);
}
