using System.IO.Enumeration;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>What a user named, and what it stood for when it was looked at, once.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="IsPattern">Whether it is no path but matches some.</param>
/// <param name="Directories">Full paths of the directories whose files it stands for.</param>
/// <param name="Files">Full paths of its regular files, one at least.</param>
internal sealed record NamedInput(
    string Name, bool IsPattern, IReadOnlyList<string> Directories, IReadOnlyList<string> Files);

/// <summary>
/// Turns what a user named into paths of regular files: a file, a directory's files, or what a pattern matches.
/// </summary>
internal static class InputPaths
{
    /// <exception cref="SluiceException">Nothing is there, or something that is not a regular file.</exception>
    public static NamedInput Expand(string input)
    {
        if (string.IsNullOrEmpty(input) || input.Contains('\0', StringComparison.Ordinal))
        {
            throw new SluiceException(SluiceErrors.InputMissing($"'{input}'"));
        }

        string path = Path.GetFullPath(input);
        if (!Path.Exists(path))
        {
            SharedPath.Refresh(path);
        }

        if (Directory.Exists(path))
        {
            return Required(input, isPattern: false, [path], FilesOf(path));
        }

        if (File.Exists(path))
        {
            return new NamedInput(input, IsPattern: false, [], [Regular(path)]);
        }

        if (input.AsSpan().IndexOfAny('*', '?') < 0)
        {
            throw new SluiceException(SluiceErrors.InputMissing(path));
        }

        List<string> directories = [];
        List<string> found = [];
        foreach (string match in Matches(path))
        {
            if (Directory.Exists(match))
            {
                directories.Add(match);
                found.AddRange(FilesOf(match));
            }
            else
            {
                found.Add(Regular(match));
            }
        }

        return Required(input, isPattern: true, directories, found);
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

    private static NamedInput Required(
        string input, bool isPattern, IReadOnlyList<string> directories, IEnumerable<string> found)
    {
        List<string> files = [.. found];
        return files.Count > 0
            ? new NamedInput(input, isPattern, directories, files)
            : throw new SluiceException(SluiceErrors.InputEmpty(input));
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
