using System.Diagnostics.CodeAnalysis;

namespace Sluice.Sorting;

/// <summary>A locked file in a directory: while it is held, the directory belongs to a living process.</summary>
/// <remarks>
/// <para>The kernel lets go of the lock when its process dies, however it dies, so a free lock means a leftover.</para>
/// <para>
/// Making a file and locking it are two steps, and a cleaner may come between them. Three rules make that safe:
/// a directory's lock file is made by its owner only, before any other file; a cleaner deletes the lock file last and
/// while it holds it; whoever has locked looks whether the file is still there. An owner that lost takes another
/// directory.
/// </para>
/// </remarks>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>Name of the lock file in its directory.</summary>
    public const string FileName = "lock";

    // Milliseconds; twice as long in all.
    private const int LongestWait = 256;

    private static readonly string[] DeletedNames = [".nfs", ".fuse_hidden"];

    private readonly FileStream _file;

    private DirectoryLock(string directory, FileStream file)
    {
        Directory = directory;
        _file = file;
        IsExclusive = !CanOpen(file.Name);
    }

    /// <summary>The directory that is held.</summary>
    public string Directory { get; }

    /// <summary>False where the file system knows no locks; then a free lock proves nothing about its owner.</summary>
    public bool IsExclusive { get; }

    /// <summary>Makes a directory for its owner alone (mode 0700) and takes its lock.</summary>
    /// <returns>
    /// False when a cleaner took the directory for a leftover before it was locked, when a neighbour that ended removed
    /// the parent it had made, or when the directory exists already with a lock.
    /// </returns>
    /// <exception cref="UnauthorizedAccessException">The parent may not be written.</exception>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static bool TryCreate(string directory, [NotNullWhen(true)] out DirectoryLock? held)
    {
        try
        {
            MakePrivate(directory);
            return TryHold(directory, FileMode.CreateNew, out held);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // Removed under our hands; the runtime says "file" when a parent goes while it makes the directory.
            held = null;
            return false;
        }
        catch (IOException)
        {
            RemoveUnlocked(directory);
            throw;
        }
    }

    /// <summary>Takes the lock of a directory whose owner is dead.</summary>
    /// <returns>False when the lock is held, is not there, or belongs to another user.</returns>
    public static bool TryTake(string directory, [NotNullWhen(true)] out DirectoryLock? held)
    {
        try
        {
            return TryHold(directory, FileMode.Open, out held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held = null;
            return false;
        }
    }

    /// <summary>Whether a directory has a lock file that a living process holds.</summary>
    public static bool IsHeld(string directory)
    {
        string path = Path.Combine(directory, FileName);
        return File.Exists(path) && !CanOpen(path) && File.Exists(path);
    }

    /// <summary>
    /// Removes a directory whose owner died before it made a lock file, or that is about to make one and then tries
    /// again.
    /// </summary>
    public static void RemoveUnlocked(string directory)
    {
        if (File.Exists(Path.Combine(directory, FileName)))
        {
            return;
        }

        try
        {
            System.IO.Directory.Delete(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its owner has just made the lock file, a neighbour has just removed the directory, or it is another
            // user's.
        }
    }

    /// <summary>Deletes the lock file, lets go of it and removes the directory if nothing else is in it.</summary>
    /// <remarks>What cannot be deleted stays, with a free lock or none, for the next cleaner.</remarks>
    public void DisposeAndRemove()
    {
        try
        {
            File.Delete(_file.Name);
            Dispose();
            RemoveEmptied(Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
        }
    }

    /// <summary>Lets go of the lock and leaves the file, as the death of the process would.</summary>
    public void Dispose() => _file.Dispose();

    // NFS and FUSE rename a file that is deleted while it is open, and delete it some time after it was closed.
    private static void RemoveEmptied(string directory)
    {
        for (int wait = 1; ; wait *= 2)
        {
            try
            {
                System.IO.Directory.Delete(directory);
                return;
            }
            catch (IOException) when (wait <= LongestWait && HoldsOnlyDeleted(directory))
            {
                Thread.Sleep(wait);
            }
        }
    }

    private static bool HoldsOnlyDeleted(string directory) =>
        System.IO.Directory.EnumerateFileSystemEntries(directory).All(
            path => DeletedNames.Any(
                start => Path.GetFileName(path.AsSpan()).StartsWith(start, StringComparison.Ordinal)));

    private static void MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        else
        {
            System.IO.Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static bool TryHold(string directory, FileMode mode, [NotNullWhen(true)] out DirectoryLock? held)
    {
        held = null;
        string path = Path.Combine(directory, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (
            e is not DirectoryNotFoundException && (IsHeldByAnother(e) || File.Exists(path)))
        {
            // A cleaner that came between making and locking may have deleted the file by now.
            return false;
        }

        if (!File.Exists(path))
        {
            // A cleaner deleted the file before letting go of it: what is locked now has no name any more.
            file.Dispose();
            return false;
        }

        held = new DirectoryLock(directory, file);
        return true;
    }

    /// <summary>
    /// Whether opening failed on another's lock: ERROR_SHARING_VIOLATION, or EWOULDBLOCK, which is 11 on Linux and 35
    /// on macOS.
    /// </summary>
    private static bool IsHeldByAnother(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsLinux() ? 11 : 35);

    private static bool CanOpen(string path)
    {
        try
        {
            // A shared lock: it clashes with the owner's, not with others who only look.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
