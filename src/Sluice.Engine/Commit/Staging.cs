using Sluice.Jobs;
using System.Text.Json;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// A job's staging directory, held by this process: publishing from it, and undoing what was published.
/// </summary>
/// <remarks>
/// <para>
/// Publishing and rolling back are sequences of steps, each of which changes the file system once and atomically (a
/// rename). A process may die between any two; whoever takes the directory's lock then calls <see cref="Settle"/>,
/// which may die as well and be called again. <c>_SUCCESS</c> with the job's own id decides: with it the publish is
/// complete, without it everything goes back.
/// </para>
/// <para>
/// A part counts as published when its file has left the staging directory. So a rollback brings parts back before
/// it deletes anything there, and deletes the intent first.
/// </para>
/// </remarks>
internal sealed class Staging(string output, JobId job, DirectoryLock held)
{
    public string Path => held.Directory;

    /// <summary>Forces the parts to disk, before an old output may go.</summary>
    /// <remarks>Not to be tried again: what could not be written is told once, and forgotten.</remarks>
    public void Keep(PublishIntent intent)
    {
        foreach (PublishMove move in intent.Moves)
        {
            FlushToDisk(In(move.From));
        }
    }

    /// <summary>Writes what a publish needs besides the parts: what follows are renames.</summary>
    /// <remarks>May be called again, also when it failed.</remarks>
    /// <param name="intent">What will be moved.</param>
    /// <param name="success">Becomes <c>_SUCCESS</c>.</param>
    /// <param name="replaces">Whether an old output will be put aside.</param>
    public void Draft(PublishIntent intent, SuccessFile success, bool replaces)
    {
        File.WriteAllBytes(DraftOf(OutputNames.Intent), intent.ToJson());
        File.WriteAllBytes(DraftOf(OutputNames.Success), success.ToJson());
        if (replaces)
        {
            Directory.CreateDirectory(In(OutputNames.Old));
            FlushToDisk(DraftOf(OutputNames.Intent));
            FlushToDisk(DraftOf(OutputNames.Success));
        }
    }

    /// <summary>
    /// Moves the winners into place, one step an element; complete when enumerated to the end. The drafts are there.
    /// </summary>
    /// <param name="intent">What is moved.</param>
    /// <param name="old">Names in the output directory that are replaced.</param>
    public IEnumerable<string> PublishSteps(PublishIntent intent, IReadOnlyList<string> old)
    {
        Rename(DraftOf(OutputNames.Intent), In(OutputNames.Intent));
        yield return "intent written";

        // The old _SUCCESS goes first: from here on the directory does not claim to be complete.
        foreach (string name in old.OrderByDescending(name => name == OutputNames.Success))
        {
            Rename(Out(name), In(OutputNames.Old, name));
            yield return $"old {name} put aside";
        }

        foreach (PublishMove move in intent.Moves)
        {
            Rename(In(move.From), Out(move.To));
            yield return $"{move.To} moved";
        }

        Rename(DraftOf(OutputNames.Success), Out(OutputNames.Success));
        yield return "success written";
    }

    /// <summary>
    /// Finishes what the job began: nothing when it was published, else everything goes back; then removes the
    /// directory.
    /// </summary>
    /// <returns>Whether the output is the job's.</returns>
    /// <exception cref="IOException"><c>_SUCCESS</c> or the intent cannot be read and nothing was touched, or a step
    /// failed; the next who takes the lock goes on.</exception>
    public bool Settle()
    {
        bool published;
        try
        {
            published = IsPublished();
            foreach (string _ in published ? [] : RollBackSteps())
            {
                // Each step stands on its own.
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }

        Remove();
        return published;
    }

    /// <summary>Removes the directory, once all steps of a publish are done.</summary>
    /// <remarks>Only files go that nobody needs; what cannot be deleted now is found by the next job.</remarks>
    public void Remove()
    {
        try
        {
            if (Directory.Exists(In(OutputNames.Old)))
            {
                Directory.Delete(In(OutputNames.Old), recursive: true);
            }

            foreach (string file in Directory.EnumerateFiles(Path))
            {
                if (System.IO.Path.GetFileName(file) != DirectoryLock.FileName)
                {
                    File.Delete(file);
                }
            }

            held.DisposeAndRemove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
        }
    }

    /// <summary>Undoes a publish that did not come to its end, one step an element.</summary>
    internal IEnumerable<string> RollBackSteps()
    {
        if (!File.Exists(In(OutputNames.Intent)))
        {
            yield break;
        }

        foreach (PublishMove move in ReadIntent().Moves)
        {
            if (!File.Exists(In(move.From)) && File.Exists(Out(move.To)))
            {
                Rename(Out(move.To), In(move.From));
                yield return $"{move.To} taken back";
            }
        }

        foreach (string name in OldNames().OrderBy(name => name == OutputNames.Success))
        {
            Rename(In(OutputNames.Old, name), Out(name));
            yield return $"old {name} restored";
        }

        File.Delete(In(OutputNames.Intent));
        yield return "intent deleted";
    }

    /// <summary>Lets go of the lock and leaves everything as it is.</summary>
    public void Abandon() => held.Dispose();

    // One that has not begun to publish has nothing to undo, whosever output it is that cannot be read there.
    private bool IsPublished()
    {
        try
        {
            return SuccessFile.IsOf(output, job);
        }
        catch (IOException) when (!File.Exists(In(OutputNames.Intent)))
        {
            return false;
        }
    }

    private PublishIntent ReadIntent()
    {
        try
        {
            PublishIntent? intent = JsonSerializer.Deserialize(
                File.ReadAllBytes(In(OutputNames.Intent)), CommitReaderJson.Default.PublishIntent);
            return intent?.Moves?.All(move => OutputNames.IsMove(move?.From, move?.To)) == true
                ? intent
                : throw new DamagedIntentException();
        }
        catch (JsonException e)
        {
            throw new DamagedIntentException(e);
        }
    }

    private IEnumerable<string> OldNames() =>
        Directory.Exists(In(OutputNames.Old))
            ? [.. Directory.EnumerateFiles(In(OutputNames.Old)).Select(file => System.IO.Path.GetFileName(file))]
            : [];

    private string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    private string DraftOf(string name) => In(name + ".draft");

    private string Out(string name) => System.IO.Path.Combine(output, name);

    // rename(2): without overwrite .NET links and unlinks, and a crash between the two leaves both names.
    private static void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    private static void FlushToDisk(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file =
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }
}

/// <summary>What a publish was about to move is not told by its intent: only a person can undo it.</summary>
internal sealed class DamagedIntentException(Exception? cause = null)
    : IOException("the plan of a half-done publish is damaged", cause);
