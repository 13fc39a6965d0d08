namespace Sluice.Sorting.Tests;

/// <summary>A temporary folder that a test's spill directories lie in.</summary>
internal sealed class SpillFolder : IDisposable
{
    public SpillFolder() => Path = Directory.CreateTempSubdirectory("spill-test-").FullName;

    /// <param name="root">Where it is made instead of the temporary directory.</param>
    public SpillFolder(string root) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(root, $"spill-test-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public string At(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>What a process leaves that is killed: a directory, its lock file (free by now) and its files.</summary>
    public string Leftover(string name, params ReadOnlySpan<string> files)
    {
        string directory = Directory.CreateDirectory(At(name)).FullName;
        File.WriteAllBytes(System.IO.Path.Combine(directory, DirectoryLock.FileName), []);
        foreach (string file in files)
        {
            File.WriteAllText(System.IO.Path.Combine(directory, file), "spilled");
        }

        return directory;
    }

    /// <summary>Whether the file system can give the room in the middle of a file back.</summary>
    public bool KnowsHoles()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)7, 1 << 20)];
        using StorageFile file = StorageFile.ToReadAgain(At("holes"), new WritePathChoice());
        file.Write(bytes, 0);
        file.Discard(0, bytes.Length);
        _ = file.Read(bytes, 0);
        return bytes[0] == 0;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
