using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>A job's output directory: attempts write below it in staging, winners are published at the end.</summary>
/// <remarks>
/// <para>
/// Ownership: at most one living job has a directory. <see cref="Prepare"/> takes it, <see cref="Publish"/> or
/// <see cref="Abort"/> gives it back; disposing aborts what was not published. Files that are no output (not
/// <c>part-NNNNN</c>, not <c>_SUCCESS</c>) are never touched, also when overwriting.
/// </para>
/// <para>
/// Threading: one thread, but while one publishes another may abort or abandon: that waits for the step at hand, and
/// the publish goes no further.
/// </para>
/// <para>
/// What survives: the death of the process at any moment, since every step is a rename and the kernel keeps their
/// order. The loss of power: without an old output nothing is forced to disk, because the input is still there and
/// <c>_SUCCESS</c> lists every part's length and sum, so that a verification finds what is missing. With an old output,
/// the new parts, the intent and <c>_SUCCESS</c> are forced to disk before the old output is deleted.
/// </para>
/// </remarks>
public sealed class OutputDirectory : IDisposable
{
    private readonly DirectoryTrail _trail;
    private readonly Staging _staging;
    private readonly JobId _job;
    private readonly bool _overwrite;
    private readonly Lock _gate = new();

    // Under _gate.
    private bool _settled;

    private OutputDirectory(
        DirectoryTrail trail, Staging staging, JobId job, bool overwrite, IReadOnlyList<DeadJob> recovered)
    {
        _trail = trail;
        _staging = staging;
        _job = job;
        _overwrite = overwrite;
        Recovered = recovered;
    }

    /// <summary>Full path of the directory.</summary>
    public string Path => _trail.Path;

    /// <summary>Where attempts write; gone after publish or abort.</summary>
    public string StagingPath => _staging.Path;

    /// <summary>Where the job's journal belongs; gone after publish or abort.</summary>
    public string JournalPath => System.IO.Path.Combine(StagingPath, OutputNames.Journal);

    /// <summary>The dead jobs whose leftovers were found here and settled.</summary>
    public IReadOnlyList<DeadJob> Recovered { get; }

    /// <summary>
    /// Takes a directory for a job, makes it if it is missing, and settles what dead jobs left in it.
    /// </summary>
    /// <param name="directory">The output directory.</param>
    /// <param name="job">The job that will write it.</param>
    /// <param name="overwrite">Whether an output that is there may be replaced, at the moment of publishing.</param>
    /// <exception cref="OutputRefusedException">It exists, is in use, or cannot be written.</exception>
    /// <exception cref="IOException">Its disk is full.</exception>
    public static OutputDirectory Prepare(string directory, JobId job, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        if (File.Exists(full))
        {
            throw new OutputRefusedException(
                OutputRefusal.NotADirectory, "the output is a file", full, "name a directory that does not exist yet");
        }

        DirectoryTrail? trail = null;
        Staging? staging = null;
        try
        {
            trail = DirectoryTrail.Make(full);
            DirectoryLock held = StagingClaim.Take(full, job);
            staging = new Staging(full, job, held);
            IReadOnlyList<DeadJob> recovered = held.IsExclusive ? DeadJob.SettleAll(full, job) : [];
            RefuseWhatIsInTheWay(full, overwrite, name => !OutputNames.TryParseStaging(name, out _));
            return new OutputDirectory(trail, staging, job, overwrite, recovered);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            staging?.Settle();
            trail?.RemoveEmpty();
            if (e is OutputRefusedException || (e is IOException failed && DiskWait.IsFull(failed)))
            {
                throw;
            }

            throw new OutputRefusedException(
                OutputRefusal.NotWritable,
                "the output directory cannot be written",
                full,
                "choose one that you may write",
                e);
        }
    }

    /// <summary>
    /// Takes over the directory of a job whose host died, with all that its attempts wrote; a publish that was under
    /// way is undone.
    /// </summary>
    /// <param name="directory">The output directory.</param>
    /// <param name="job">The same job.</param>
    /// <param name="overwrite">As the job was ordered.</param>
    /// <returns>Null when another process hosts the job, or it left nothing to go on with.</returns>
    /// <exception cref="IOException">Whether it was published cannot be read, or it cannot be undone.</exception>
    public static OutputDirectory? TryResume(string directory, JobId job, bool overwrite)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        if (!DirectoryLock.TryTake(System.IO.Path.Combine(full, OutputNames.Staging(job)), out DirectoryLock? held))
        {
            return null;
        }

        Staging staging = new(full, job, held);
        try
        {
            if (SuccessFile.IsOf(full, job))
            {
                staging.Settle();
                return null;
            }

            foreach (string _ in staging.RollBackSteps())
            {
                // Each step stands on its own.
            }

            return new OutputDirectory(DirectoryTrail.Make(full), staging, job, overwrite, []);
        }
        catch
        {
            staging.Abandon();
            throw;
        }
    }

    /// <summary>Lets go of the directory as the death of the process would.</summary>
    public void Abandon()
    {
        if (TryEnd())
        {
            _staging.Abandon();
        }
    }

    /// <summary>Where an attempt writes its part.</summary>
    /// <param name="part">Number of the part, from 0.</param>
    /// <param name="attempt">Number of the attempt, from 1.</param>
    public string AttemptPath(int part, int attempt) =>
        System.IO.Path.Combine(StagingPath, OutputNames.Attempt(part, attempt));

    /// <summary>
    /// Replaces the old output, if any, by the winners and writes <c>_SUCCESS</c>; then the directory is no longer this
    /// job's.
    /// </summary>
    /// <param name="name">The job's name.</param>
    /// <param name="certificate">Count and sum of all records written.</param>
    /// <param name="parts">The winning attempt of every part.</param>
    /// <param name="write">Runs what needs room at a place, as often as it likes; null runs it once.</param>
    /// <param name="close">Closes the files in the staging directory, which goes now: one that is deleted while it is
    /// open keeps its directory on NFS and FUSE. Null when none is open.</param>
    /// <exception cref="OutputRefusedException">Without leave to overwrite, an output has appeared
    /// meanwhile.</exception>
    /// <exception cref="IOException">A step failed. <see cref="Abort"/> brings everything back.</exception>
    public void Publish(
        string name,
        RecordSum certificate,
        IReadOnlyList<PublishedPart> parts,
        Action<string, Action>? write = null,
        Action? close = null)
    {
        foreach (string _ in PublishSteps(name, certificate, parts, write))
        {
            // Each step stands on its own.
        }

        // Whoever has let go of it since the last step leaves the rest to the next one: the output is whole.
        if (TryEnd())
        {
            close?.Invoke();
            _staging.Remove();
        }
    }

    /// <summary>
    /// Leaves the directory as it was before <see cref="Prepare"/>, and removes it if that had made it.
    /// </summary>
    /// <exception cref="IOException">An old output could not be moved back; the next job here tries again.</exception>
    public void Abort()
    {
        if (TryEnd())
        {
            _staging.Settle();
            _trail.RemoveEmpty();
        }
    }

    /// <summary>Aborts what was not published.</summary>
    public void Dispose() => Abort();

    /// <summary>The steps of a publish up to its last, which makes it final.</summary>
    internal IEnumerable<string> PublishSteps(
        string name, RecordSum certificate, IReadOnlyList<PublishedPart> parts, Action<string, Action>? write = null)
    {
        RefuseWhatIsInTheWay(Path, _overwrite, IsOutput);
        if (parts.FirstOrDefault(part => !File.Exists(AttemptPath(part.Part, part.Attempt))) is PublishedPart missing)
        {
            throw new FileNotFoundException(
                "The file of a winning attempt is missing.", AttemptPath(missing.Part, missing.Attempt));
        }

        string[] old =
            [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Where(IsOutput)];
        PublishIntent intent = new([.. parts.Select(part =>
            new PublishMove(OutputNames.Attempt(part.Part, part.Attempt), OutputNames.Part(part.Part)))]);
        SuccessFile success = SuccessFile.Of(_job, name, certificate, parts);
        bool replaces = old.Length > 0;
        if (replaces)
        {
            WhileHeld(() => _staging.Keep(intent));
        }

        write ??= static (_, once) => once();
        write(StagingPath, () => WhileHeld(() => _staging.Draft(intent, success, replaces)));
        return WhileHeld(_staging.PublishSteps(intent, old));
    }

    private IEnumerable<string> WhileHeld(IEnumerable<string> steps)
    {
        using IEnumerator<string> step = steps.GetEnumerator();
        while (WhileHeld(step.MoveNext))
        {
            yield return step.Current;
        }
    }

    private void WhileHeld(Action step) => WhileHeld(() =>
    {
        step();
        return true;
    });

    // The one place where files are changed under a lock: once it is free, the directory may be another process's.
    private bool WhileHeld(Func<bool> step)
    {
        lock (_gate)
        {
            return _settled
                ? throw new IOException($"The output directory {Path} was let go of in the middle of a publish.")
                : step();
        }
    }

    private bool TryEnd()
    {
        lock (_gate)
        {
            bool ends = !_settled;
            _settled = true;
            return ends;
        }
    }

    /// <summary>
    /// Before the job everything counts as an output that exists, at its end only what a publish would replace.
    /// </summary>
    private static void RefuseWhatIsInTheWay(string output, bool overwrite, Func<string, bool> counts)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(output))
        {
            string name = System.IO.Path.GetFileName(entry);
            if (IsOutput(name) && Directory.Exists(entry))
            {
                throw new OutputRefusedException(
                    OutputRefusal.NotADirectory,
                    "a directory has the name of an output file",
                    entry,
                    "choose another output directory");
            }

            if (!overwrite && counts(name))
            {
                throw new OutputRefusedException(
                    OutputRefusal.Exists,
                    "the output exists",
                    output,
                    "choose another directory, or replace it with --overwrite");
            }
        }
    }

    private static bool IsOutput(string name) => name == OutputNames.Success || OutputNames.IsPart(name);
}
