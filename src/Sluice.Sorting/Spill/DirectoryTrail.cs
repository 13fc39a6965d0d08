namespace Sluice.Sorting;

/// <summary>The directories that had to be made on the way to a path, so that those can be removed again.</summary>
/// <remarks>Nothing that existed before is ever removed, nor anything that is no longer empty.</remarks>
public sealed class DirectoryTrail
{
    private const int Tries = 16;

    private readonly List<string> _made;

    private DirectoryTrail(string path, List<string> made)
    {
        Path = path;
        _made = made;
    }

    /// <summary>Full path of the directory asked for.</summary>
    public string Path { get; }

    /// <summary>Makes a directory and every parent it lacks.</summary>
    /// <exception cref="IOException">A file is in the way, or the file system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">A parent may not be written.</exception>
    public static DirectoryTrail Make(string path)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        List<string> missing = [];
        for (string? at = full; at is not null && !Directory.Exists(at); at = System.IO.Path.GetDirectoryName(at))
        {
            missing.Add(at);
        }

        Create(full);
        return new DirectoryTrail(full, missing);
    }

    // A neighbour that ends may remove a directory of the trail while this makes it, which the runtime reports as a
    // name that is taken; a file that is really in the way still is at the last try.
    private static void Create(string path)
    {
        for (int i = 1; ; i++)
        {
            try
            {
                Directory.CreateDirectory(path);
                return;
            }
            catch (IOException) when (i < Tries && !File.Exists(path))
            {
            }
        }
    }

    /// <summary>
    /// Removes what was made, from the innermost outwards, and stops at the first that holds something.
    /// </summary>
    public void RemoveEmpty()
    {
        foreach (string directory in _made)
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (DirectoryNotFoundException)
            {
                // A neighbour that made the same trail was quicker.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }
}
