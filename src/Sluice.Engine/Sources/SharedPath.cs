namespace Sluice.Engine;

/// <summary>Sees what another machine has made a moment ago on a file system that both share.</summary>
/// <remarks>
/// A machine that has once looked for a name in vain may go on believing that it is not there: with NFS for up to a
/// minute (nfs(5), acdirmax). Who opens a directory asks the server, and then looks for names in it anew. Where that
/// does not help, time does.
/// </remarks>
internal static class SharedPath
{
    /// <summary>Asks anew for each directory on the way to a path.</summary>
    /// <param name="path">A full path; nothing of it need be there.</param>
    public static void Refresh(string path)
    {
        Stack<string> above = new();
        for (string? at = Path.GetDirectoryName(path); at is not null; at = Path.GetDirectoryName(at))
        {
            above.Push(at);
        }

        // From the top: a directory is found only in one that is known anew.
        foreach (string directory in above)
        {
            try
            {
                using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
                _ = entries.MoveNext();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What may not be listed, or is not there, is told by who opens the path.
            }
        }
    }

    /// <summary>Reads something; when it is missing, asks for it anew once.</summary>
    /// <param name="path">What is read.</param>
    /// <param name="read">Reads it.</param>
    /// <returns>Null when it is missing.</returns>
    public static T? ReadAnew<T>(string path, Func<T?> read)
        where T : class
    {
        if (TryRead(read, out T? found))
        {
            return found;
        }

        Refresh(path);
        return TryRead(read, out found) ? found : null;
    }

    private static bool TryRead<T>(Func<T?> read, out T? found)
        where T : class
    {
        try
        {
            found = read();
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            found = null;
            return false;
        }
    }
}
