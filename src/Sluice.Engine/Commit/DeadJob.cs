using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>A job that died while it had an output directory.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Published">Whether its output was complete; otherwise everything it had begun was undone.</param>
public sealed record DeadJob(JobId Job, bool Published)
{
    /// <summary>Finishes or undoes what dead jobs left in an output directory.</summary>
    /// <param name="output">Full path of the directory, claimed by <paramref name="own"/>.</param>
    /// <param name="own">The job that will write it.</param>
    /// <exception cref="OutputRefusedException">One cannot be undone, or is alive after all.</exception>
    internal static IReadOnlyList<DeadJob> SettleAll(string output, JobId own)
    {
        List<DeadJob> dead = [];
        foreach ((JobId job, DirectoryLock free) in StagingClaim.TakeOver(output, OutputNames.Staging(own)))
        {
            dead.Add(new DeadJob(job, Settle(new Staging(output, job, free))));
        }

        return dead;
    }

    private static bool Settle(Staging staging)
    {
        try
        {
            return staging.Settle();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputRefusedException(
                OutputRefusal.LeftoverStuck,
                $"what a dead job left here cannot be undone ({e.Message.TrimEnd('.')})",
                staging.Path,
                e is DamagedIntentException
                    ? "look at its files: old/ holds the output that it was replacing; " +
                        "move them back and remove the directory"
                    : "make readable and writable what is named, then run the job again: it undoes the rest",
                e);
        }
    }
}
