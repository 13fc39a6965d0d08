namespace Sluice.Sorting;

/// <summary>Finds the file system on which a directory lies.</summary>
internal static class DiskVolume
{
    /// <summary>The mount point that holds a directory: the longest one that its real path starts with.</summary>
    public static string Of(string directory) =>
        Of(RealPath.Of(directory), DriveInfo.GetDrives().Select(drive => drive.RootDirectory.FullName));

    /// <summary>The share of a file system's room that is free; none when nobody can tell.</summary>
    /// <param name="mount">Where it is mounted.</param>
    public static double FreeShare(string mount)
    {
        try
        {
            DriveInfo drive = new(mount);
            return (double)drive.AvailableFreeSpace / drive.TotalSize;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    internal static string Of(string directory, IEnumerable<string> mounts)
    {
        string path = Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar;
        string best = Path.GetPathRoot(path) ?? path;
        foreach (string mount in mounts)
        {
            string prefix = Path.EndsInDirectorySeparator(mount) ? mount : mount + Path.DirectorySeparatorChar;
            if (prefix.Length > best.Length && path.StartsWith(prefix, StringComparison.Ordinal))
            {
                best = prefix;
            }
        }

        return best;
    }
}
