using System.Globalization;

namespace Sluice.Sorting;

/// <summary>This process's own directory for spill files under a root that several processes may share.</summary>
/// <remarks>
/// <para>Layout: <c>ROOT/sluice-PID-RANDOM/</c>, mode 0700, with a <c>lock</c> file that is held as long as this object
/// lives.</para>
/// <para>
/// Opening removes the siblings whose lock is free: their processes are dead. A leftover that cannot be removed
/// (another user's, say) is left alone; it never stops a job.
/// </para>
/// <para>Threading: <see cref="NewFile"/> and <see cref="FreeBytes"/> may be called from any thread.</para>
/// </remarks>
public sealed class SpillDirectory : IDisposable
{
    private const int Tries = 16;
    private const int RandomLength = 16;

    private readonly DirectoryTrail _root;
    private readonly DirectoryLock _lock;
    private readonly WritePathChoice _choice;
    private int _files;
    private int _disposed;

    private SpillDirectory(DirectoryTrail root, DirectoryLock held)
    {
        _root = root;
        _lock = held;
        Volume = DiskVolume.Of(root.Path);
        _choice = WritePathChoice.OnVolume(Volume);
    }

    /// <summary>Full path of the directory that this process owns.</summary>
    public string Path => _lock.Directory;

    /// <summary>The root that it lies under, as several processes may share it.</summary>
    public string Root => _root.Path;

    /// <summary>Bytes of the file system that holds this directory.</summary>
    public long TotalBytes => new DriveInfo(_root.Path).TotalSize;

    /// <summary>Bytes that may still be written on the file system that holds this directory.</summary>
    public long FreeBytes => new DriveInfo(_root.Path).AvailableFreeSpace;

    /// <summary>Where the file system that holds the root is mounted: roots on one volume share its room.</summary>
    internal string Volume { get; }

    /// <summary>Makes this process's directory under <paramref name="root"/>, and the root if it is missing.</summary>
    /// <exception cref="SpillDirectoryException">The root cannot be made or written, or is not a directory.</exception>
    public static SpillDirectory Open(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        DirectoryTrail? trail = null;
        DirectoryLock? held = null;
        try
        {
            trail = DirectoryTrail.Make(root);
            held = Create(trail.Path);
            if (held.IsExclusive)
            {
                RemoveLeftovers(trail.Path);
            }

            return new SpillDirectory(trail, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (held is not null)
            {
                Remove(held);
            }

            trail?.RemoveEmpty();
            string what = File.Exists(root) ? "the spill directory is a file" : "the spill directory cannot be written";
            throw new SpillDirectoryException(what, System.IO.Path.GetFullPath(root), e);
        }
    }

    /// <summary>A path in this directory that no other call has been given; the caller makes the file.</summary>
    /// <param name="hint">What the file is for; letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
    /// <exception cref="ObjectDisposedException">The directory has been removed.</exception>
    public string NewFile(string hint)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (!IsHint(hint))
        {
            throw new ArgumentException(
                $"A spill file's hint is made of letters, digits, '-', '_' and '.', not '{hint}'.", nameof(hint));
        }

        int number = Interlocked.Increment(ref _files);
        return System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{hint}-{number:D6}"));
    }

    /// <summary>Creates a new file in this directory, to be written and read again.</summary>
    /// <param name="hint">As in <see cref="NewFile"/>.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public StorageFile CreateFile(string hint) => StorageFile.ToReadAgain(NewFile(hint), _choice);

    /// <summary>
    /// Removes the directory with all its files, and the root if opening made it and nobody uses it any more.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Remove(_lock);
            _root.RemoveEmpty();
        }
    }

    private static DirectoryLock Create(string root)
    {
        for (int i = 1; ; i++)
        {
            string random = Guid.NewGuid().ToString("N")[..RandomLength];
            string directory = System.IO.Path.Combine(
                root, string.Create(CultureInfo.InvariantCulture, $"sluice-{Environment.ProcessId}-{random}"));
            try
            {
                if (DirectoryLock.TryCreate(directory, out DirectoryLock? held))
                {
                    return held;
                }
            }
            catch (DirectoryNotFoundException) when (i < Tries)
            {
                // A neighbour that ended removed the root it had made; the next try makes it again.
            }

            if (i == Tries)
            {
                throw new IOException($"No directory under {root} could be locked in {Tries} tries.");
            }
        }
    }

    private static void RemoveLeftovers(string root)
    {
        foreach (DirectoryInfo sibling in new DirectoryInfo(root).EnumerateDirectories("sluice-*"))
        {
            // A link is nothing that Sluice makes here, and following one would delete files elsewhere.
            if (!IsName(sibling.Name) || sibling.LinkTarget is not null)
            {
                continue;
            }

            if (DirectoryLock.TryTake(sibling.FullName, out DirectoryLock? free))
            {
                Remove(free);
            }
            else
            {
                DirectoryLock.RemoveUnlocked(sibling.FullName);
            }
        }
    }

    private static void Remove(DirectoryLock held)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(held.Directory))
            {
                Directory.Delete(folder, recursive: true);
            }

            foreach (string file in Directory.EnumerateFiles(held.Directory))
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
            // Its lock is free from now on, so the next process that opens this root tries again.
            held.Dispose();
        }
    }

    // sluice-PID-RANDOM, the last in 16 hexadecimal digits.
    private static bool IsName(string name) =>
        name.Split('-') is ["sluice", { Length: > 0 } process, { Length: RandomLength } random]
        && !process.AsSpan().ContainsAnyExceptInRange('0', '9')
        && random.All(char.IsAsciiHexDigitLower);

    private static bool IsHint(string hint)
    {
        foreach (char one in hint)
        {
            if (!char.IsAsciiLetterOrDigit(one) && one is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return hint.Length > 0;
    }
}
