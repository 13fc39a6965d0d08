namespace Sluice.Sorting;

/// <summary>Several spill directories, on several disks if there are; a new file goes where most room is.</summary>
/// <remarks>Threading: as <see cref="SpillDirectory"/>.</remarks>
public sealed class SpillDirectories : IDisposable
{
    private readonly SpillDirectory[] _directories;
    private readonly Func<SpillDirectory, long> _freeBytes;

    internal SpillDirectories(SpillDirectory[] directories, Func<SpillDirectory, long> freeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(directories.Length);
        _directories = directories;
        _freeBytes = freeBytes;
    }

    /// <summary>The directories, in the order in which their roots were named.</summary>
    public IReadOnlyList<SpillDirectory> All => _directories;

    /// <summary>
    /// Bytes that may still be written in all; a file system that holds two of the roots counts once.
    /// </summary>
    public long FreeBytes => _directories.DistinctBy(directory => directory.Volume).Sum(_freeBytes);

    /// <summary>Opens one directory per root; a root that is named twice is opened once.</summary>
    /// <exception cref="SpillDirectoryException">One of the roots cannot be used; then none stays open.</exception>
    public static SpillDirectories Open(IEnumerable<string> roots)
    {
        List<SpillDirectory> opened = [];
        try
        {
            foreach (string root in roots.Select(Normal).Distinct(StringComparer.Ordinal))
            {
                opened.Add(SpillDirectory.Open(root));
            }

            return new SpillDirectories([.. opened], directory => directory.FreeBytes);
        }
        catch
        {
            opened.ForEach(directory => directory.Dispose());
            throw;
        }
    }

    /// <summary>A new file's path in the directory with the most room at this moment.</summary>
    /// <param name="hint">As <see cref="SpillDirectory.NewFile"/>.</param>
    public string NewFile(string hint) => Roomiest().NewFile(hint);

    /// <summary>A new file in the directory with the most room at this moment.</summary>
    /// <param name="hint">As <see cref="SpillDirectory.CreateFile"/>.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public StorageFile CreateFile(string hint) => Roomiest().CreateFile(hint);

    /// <summary>Removes all directories with their files.</summary>
    public void Dispose()
    {
        foreach (SpillDirectory directory in _directories)
        {
            directory.Dispose();
        }
    }

    private SpillDirectory Roomiest() =>
        _directories.Length == 1 ? _directories[0] : _directories.MaxBy(_freeBytes)!;

    private static string Normal(string root) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
}
