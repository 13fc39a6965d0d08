using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Finds where many paths lead to; each directory is looked at once.</summary>
/// <remarks>Threading: one thread.</remarks>
internal sealed class RealPaths
{
    private readonly Dictionary<string, string> _directories = new(StringComparer.Ordinal);

    /// <summary>The path of a file without links, as <see cref="RealPath.Of"/> finds it.</summary>
    /// <param name="path">Relative ones start at the current directory.</param>
    public string Of(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not string directory)
        {
            return full;
        }

        if (!_directories.TryGetValue(directory, out string? real))
        {
            real = RealPath.Of(directory);
            _directories.Add(directory, real);
        }

        string file = Path.Combine(real, Path.GetFileName(full));
        return new FileInfo(file).LinkTarget is null ? file : RealPath.Of(file);
    }
}
