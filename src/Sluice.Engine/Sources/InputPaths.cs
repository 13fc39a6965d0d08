using System.IO.Enumeration;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>
/// Turns what a user named into paths of regular files: a file, a directory's files, or what a pattern matches.
/// </summary>
internal static class InputPaths
{
    /// <exception cref="SluiceException">Nothing is there, or something that is not a regular file.</exception>
    public static IReadOnlyList<string> Expand(string input)
    {
        if (string.IsNullOrEmpty(input) || input.Contains('\0', StringComparison.Ordinal))
        {
            throw new SluiceException(SluiceErrors.InputMissing($"'{input}'"));
        }

        string path = Path.GetFullPath(input);
        if (Directory.Exists(path))
        {
            return Required(input, FilesOf(path));
        }

        if (File.Exists(path))
        {
            return [Regular(path)];
        }

        if (input.AsSpan().IndexOfAny('*', '?') < 0)
        {
            throw new SluiceException(SluiceErrors.InputMissing(path));
        }

        List<string> found = [];
        foreach (string match in Matches(path))
        {
            found.AddRange(Directory.Exists(match) ? FilesOf(match) : [Regular(match)]);
        }

        return Required(input, found);
    }

    /// <summary>The directories whose files an input stands for: it is one, or its pattern matches some.</summary>
    /// <param name="input">One that <see cref="Expand"/> takes.</param>
    public static IEnumerable<string> DirectoriesOf(string input)
    {
        string path = Path.GetFullPath(input);
        return (Path.Exists(path) ? [path] : Matches(path)).Where(Directory.Exists);
    }

    // Names that start with '_' or '.' are a job's own, or hidden.
    private static IEnumerable<string> FilesOf(string directory) => EntriesOf(directory).Select(Regular);

    private static IReadOnlyList<string> EntriesOf(string directory)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(directory)
                    .Where(path => Path.GetFileName(path)[0] is not ('_' or '.'))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SluiceException(SluiceErrors.InputUnreadable(directory, exception.Message), exception);
        }
    }

    private static IReadOnlyList<string> Required(string input, IEnumerable<string> found)
    {
        List<string> files = [.. found];
        return files.Count > 0 ? files : throw new SluiceException(SluiceErrors.InputEmpty(input));
    }

    private static string Regular(string path)
    {
        // The runtime reads names as UTF-8 and puts this character for what is not: the file cannot be named again.
        if (path.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(path))
        {
            throw new SluiceException(SluiceErrors.InputNotRegular(path, "a file whose name is not UTF-8"));
        }

        FileSystemInfo real = RealOf(new FileInfo(path));
        if (!real.Exists)
        {
            bool isDirectory = Directory.Exists(real.FullName);
            throw new SluiceException(isDirectory
                ? SluiceErrors.InputNotRegular(path, "a directory inside a directory")
                : SluiceErrors.InputMissing(path));
        }

        string? kind = FileKind.Of(real.FullName);
        return kind is null ? path : throw new SluiceException(SluiceErrors.InputNotRegular(path, kind));
    }

    private static FileSystemInfo RealOf(FileInfo file)
    {
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        }
        catch (IOException exception)
        {
            // Links that lead to each other.
            throw new SluiceException(SluiceErrors.InputUnreadable(file.FullName, exception.Message), exception);
        }
    }

    // One path component after the other, so that a pattern may stand anywhere.
    private static IEnumerable<string> Matches(string pattern)
    {
        string root = Path.GetPathRoot(pattern)!;
        IEnumerable<string> found = [root];
        foreach (string component in pattern[root.Length..].Split(Path.DirectorySeparatorChar))
        {
            bool isPattern = component.AsSpan().IndexOfAny('*', '?') >= 0;
            found = found.Where(Directory.Exists).SelectMany(directory => isPattern
                ? EntriesOf(directory).Where(path =>
                    FileSystemName.MatchesSimpleExpression(component, Path.GetFileName(path), ignoreCase: false))
                : new[] { Path.Combine(directory, component) }.Where(path => Path.Exists(path)));
        }

        return found;
    }
}
