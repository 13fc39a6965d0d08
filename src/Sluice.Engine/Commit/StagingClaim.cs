using Sluice.Jobs;
using System.Diagnostics;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Makes a job the one writer of an output directory.</summary>
/// <remarks>
/// Every job first makes and locks its own staging directory, and only then looks for others; so of two that come at
/// the same time at least one sees the other. It gives way to a rival that has claimed the output, and to one that
/// has not but whose name is smaller; for one whose name is greater it waits, since that one will claim the output
/// or give way. Whoever meets no rival claims. Only greater names are waited for, so nobody waits in a circle.
/// </remarks>
internal static class StagingClaim
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes the job's staging directory and claims the output directory.</summary>
    /// <exception cref="OutputRefusedException">Another living job has it.</exception>
    public static DirectoryLock Take(string output, JobId job)
    {
        string name = OutputNames.Staging(job);
        string staging = Path.Combine(output, name);
        DirectoryLock? held;
        while (!DirectoryLock.TryCreate(staging, out held))
        {
            if (File.Exists(Path.Combine(staging, DirectoryLock.FileName)) && !TrySettle(output, job, staging))
            {
                throw InUse(output, name);
            }
        }

        string claim = Path.Combine(held.Directory, OutputNames.Claim);
        try
        {
            GiveWay(output, name, held);
            File.WriteAllText(claim, $"process {Environment.ProcessId} on {Environment.MachineName}");
            return held;
        }
        catch
        {
            try
            {
                File.Delete(claim);
            }
            finally
            {
                held.DisposeAndRemove();
            }

            throw;
        }
    }

    /// <summary>
    /// Takes over the other staging directories, for a job that has the claim: those alive give way, the rest are dead.
    /// </summary>
    /// <exception cref="OutputRefusedException">One is neither given up nor free.</exception>
    public static IEnumerable<(JobId Job, DirectoryLock Free)> TakeOver(string output, string own)
    {
        foreach ((JobId job, string path) in Others(output, own).ToArray())
        {
            long since = Stopwatch.GetTimestamp();
            DirectoryLock? free;
            while (!DirectoryLock.TryTake(path, out free))
            {
                DirectoryLock.RemoveUnlocked(path);
                if (!Directory.Exists(path))
                {
                    break;
                }

                if (Stopwatch.GetElapsedTime(since) > Patience)
                {
                    throw InUse(output, Path.GetFileName(path));
                }

                Thread.Sleep(1);
            }

            if (free is not null)
            {
                yield return (job, free);
            }
        }
    }

    // A host of the same job may have died here before its journal told anything to go on with.
    private static bool TrySettle(string output, JobId job, string staging)
    {
        if (!DirectoryLock.TryTake(staging, out DirectoryLock? free))
        {
            return !Directory.Exists(staging);
        }

        if (!free.IsExclusive)
        {
            free.Dispose();
            return false;
        }

        new Staging(output, job, free).Settle();
        return true;
    }

    private static void GiveWay(string output, string own, DirectoryLock held)
    {
        foreach ((_, string rival) in Others(output, own))
        {
            long since = Stopwatch.GetTimestamp();
            while (IsAlive(rival, held))
            {
                if (File.Exists(Path.Combine(rival, OutputNames.Claim))
                    || string.CompareOrdinal(Path.GetFileName(rival), own) < 0
                    || Stopwatch.GetElapsedTime(since) > Patience)
                {
                    throw InUse(output, Path.GetFileName(rival));
                }

                Thread.Sleep(1);
            }
        }
    }

    /// <summary>The staging directories of other jobs, dead or alive.</summary>
    private static IEnumerable<(JobId Job, string Path)> Others(string output, string own)
    {
        foreach (DirectoryInfo directory in new DirectoryInfo(output).EnumerateDirectories(OutputNames.StagingPattern))
        {
            // A link is nothing that Sluice makes here.
            if (directory.Name != own &&
                directory.LinkTarget is null &&
                OutputNames.TryParseStaging(directory.Name, out JobId job))
            {
                yield return (job, directory.FullName);
            }
        }
    }

    /// <summary>Without locks in the file system, a rival may be alive as long as its lock file is there.</summary>
    private static bool IsAlive(string rival, DirectoryLock own) =>
        own.IsExclusive ? DirectoryLock.IsHeld(rival) : File.Exists(Path.Combine(rival, DirectoryLock.FileName));

    private static OutputRefusedException InUse(string output, string rival) =>
        new(
            OutputRefusal.InUse,
            $"another job is writing this output ({Owner(Path.Combine(output, rival))})",
            output,
            "wait until it ends, or choose another directory; " +
            $"if no such process runs, remove {Path.Combine(output, rival)}");

    private static string Owner(string staging)
    {
        try
        {
            return File.ReadAllText(Path.Combine(staging, OutputNames.Claim));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
