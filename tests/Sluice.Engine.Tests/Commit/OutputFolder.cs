using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>A temporary folder with an output directory in it, and what a test does to it.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("output-test-").FullName;

    public string Out => At("out");

    public string At(params ReadOnlySpan<string> names) => Path.Combine([_root, .. names]);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static JobId NewJob() => JobId.New();

    /// <summary>An old output of <paramref name="parts"/> parts, as a job before this one published it.</summary>
    public void WriteOld(int parts)
    {
        using OutputDirectory output = OutputDirectory.Prepare(Out, NewJob(), overwrite: false);
        Publish(output, "old", parts);
    }

    public static void Publish(OutputDirectory output, string text, int parts) =>
        output.Publish(text, Sum(parts), Write(output, text, parts));

    /// <summary>Writes the files of winning attempts, and of one that lost.</summary>
    public static PublishedPart[] Write(OutputDirectory output, string text, int parts)
    {
        File.WriteAllText(output.AttemptPath(0, 2), "late and unwanted");
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            File.WriteAllText(output.AttemptPath(part, 1), $"{text} {part}");
            return new PublishedPart(part, 1, text.Length + 2, Sum(1));
        })];
    }

    public static RecordSum Sum(int records) => new(records, (UInt128)0xabc * (UInt128)records);

    /// <summary>
    /// All files below a directory with their content, except lock files, whose content cannot be read while held.
    /// </summary>
    public static SortedDictionary<string, string> Files(string directory) =>
        new(Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != DirectoryLock.FileName)
            .ToDictionary(file => Path.GetRelativePath(directory, file), File.ReadAllText), StringComparer.Ordinal);

    /// <summary>The directory as it would be found had every process died now: same files, all locks free.</summary>
    public string CrashImage(string directory, string name)
    {
        string image = At(name);
        Directory.CreateDirectory(image);
        foreach (string below in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(image, Path.GetRelativePath(directory, below)));
        }

        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(image, Path.GetRelativePath(directory, file));
            if (Path.GetFileName(file) == DirectoryLock.FileName)
            {
                File.WriteAllBytes(copy, []);
            }
            else
            {
                File.Copy(file, copy);
            }
        }

        return image;
    }
}
