namespace Sluice.Sorting;

/// <summary>Finds where a path leads to when every symbolic link on its way is followed.</summary>
public static class RealPath
{
    // What Linux follows before it says that links lead in a circle.
    private const int MaximumLinks = 40;

    /// <summary>
    /// The path without links; what does not exist yet, or cannot be looked at, stays as it is named.
    /// </summary>
    /// <param name="path">Relative ones start at the current directory; `..` is taken from the name, as when a file
    /// is opened by it.</param>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string real = Path.GetPathRoot(full)!;
        Stack<string> rest = new();
        Push(rest, full[real.Length..]);
        int links = 0;
        while (rest.TryPop(out string? component))
        {
            if (component == "..")
            {
                // Only a link's target still holds one; it starts where the link really lies.
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, component);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
                continue;
            }

            if (++links > MaximumLinks)
            {
                // It leads nowhere, so also not into anything.
                return full;
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            Push(rest, target);
        }

        return real;
    }

    /// <summary>Whether a path is a directory or lies in it, by their names alone.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="directory">A full path too.</param>
    public static bool IsWithin(string path, string directory) =>
        path == directory ||
        path.StartsWith(
            Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    private static void Push(Stack<string> rest, string path)
    {
        foreach (string component in path.Split(Path.DirectorySeparatorChar).Reverse())
        {
            if (component is not ("" or "."))
            {
                rest.Push(component);
            }
        }
    }
}
