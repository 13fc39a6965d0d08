using System.Diagnostics;
using System.Globalization;

namespace Sluice.Sorting.Tests;

public sealed class SpillDirectoryTests
{
    private const string DeadName = "sluice-4711-0123456789abcdef";

    [Fact]
    public void Open_makes_a_private_directory_whose_lock_is_held()
    {
        using SpillFolder folder = new();

        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.Matches($"^sluice-{Environment.ProcessId}-[0-9a-f]{{16}}$", Path.GetFileName(spill.Path));
        Assert.True(DirectoryLock.IsHeld(spill.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(spill.Path));
        }
    }

    [Fact]
    public void Open_removes_what_a_dead_process_left()
    {
        using SpillFolder folder = new();
        string dead = folder.Leftover(DeadName, "map-000001", "map-000002");
        Directory.CreateDirectory(Path.Combine(dead, "output-1"));
        File.WriteAllText(Path.Combine(dead, "output-1", "part-00000"), "half");

        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.False(Directory.Exists(dead));
    }

    [Fact]
    public void Open_removes_the_directory_of_a_process_only_once_it_is_killed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "Needs flock(1) as the other process.");
        using SpillFolder folder = new();
        string other = folder.Leftover(DeadName, "map-000001");
        using Process process = Process.Start(
            new ProcessStartInfo("/usr/bin/flock", ["--no-fork", Path.Combine(other, "lock"), "sleep", "60"]))!;
        bool held = SpinWait.SpinUntil(() => DirectoryLock.IsHeld(other), TimeSpan.FromSeconds(20));

        SpillDirectory.Open(folder.Path).Dispose();
        bool keptWhileAlive = File.Exists(Path.Combine(other, "map-000001"));
        process.Kill();
        process.WaitForExit();
        SpillDirectory.Open(folder.Path).Dispose();

        Assert.True(held);
        Assert.True(keptWhileAlive);
        Assert.False(Directory.Exists(other));
    }

    [Fact]
    public void Open_leaves_the_files_of_a_living_neighbour()
    {
        using SpillFolder folder = new();
        using SpillDirectory first = SpillDirectory.Open(folder.Path);
        string file = first.NewFile("map");
        File.WriteAllText(file, "spilled");

        using SpillDirectory second = SpillDirectory.Open(folder.Path);

        Assert.NotEqual(first.Path, second.Path);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("sluice-data")]
    [InlineData("sluice-12-short")]
    [InlineData("sluice-12-0123456789abcdef-more")]
    [InlineData("my-sluice-12-0123456789abcdef")]
    public void Open_leaves_directories_that_are_not_named_like_its_own(string name)
    {
        using SpillFolder folder = new();
        string foreign = folder.Leftover(name, "precious");

        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.True(File.Exists(Path.Combine(foreign, "precious")));
    }

    [Fact]
    public void Open_does_not_follow_a_link()
    {
        using SpillFolder folder = new();
        string target = folder.Leftover("elsewhere", "precious");
        Directory.CreateSymbolicLink(folder.At(DeadName), target);

        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.True(File.Exists(Path.Combine(target, "precious")));
    }

    [Fact]
    public void Open_removes_a_directory_whose_owner_died_before_it_had_a_lock()
    {
        using SpillFolder folder = new();
        string dead = Directory.CreateDirectory(folder.At(DeadName)).FullName;

        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.False(Directory.Exists(dead));
    }

    [Fact]
    public void Open_names_the_root_when_it_is_a_file()
    {
        using SpillFolder folder = new();
        File.WriteAllText(folder.At("file"), "");

        SpillDirectoryException e = Assert.Throws<SpillDirectoryException>(
            () => SpillDirectory.Open(folder.At("file")));

        Assert.Equal("the spill directory is a file", e.What);
        Assert.Equal(folder.At("file"), e.Where);
    }

    [Fact]
    public async Task Open_is_safe_when_many_open_one_root_at_once()
    {
        using SpillFolder folder = new();
        string root = folder.At("root");
        Task[] neighbours = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAndClose(root, times: 25)))];

        await Task.WhenAll(neighbours).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateDirectories(folder.Path, "sluice-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Creating_loses_to_a_cleaner_without_an_error()
    {
        using SpillFolder folder = new();

        int made = await CreateAgainst(
            () =>
            {
                foreach (string directory in Directory.EnumerateDirectories(folder.Path))
                {
                    if (DirectoryLock.TryTake(directory, out DirectoryLock? free))
                    {
                        free.DisposeAndRemove();
                    }
                }
            },
            number => folder.At($"made-{number}"));

        Assert.True(made > 0, "A cleaner does not win always.");
    }

    [Fact]
    public void NewFile_gives_every_call_a_name_of_its_own()
    {
        using SpillFolder folder = new();
        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        string[] files = [spill.NewFile("map-3.1"), spill.NewFile("map-3.1"), spill.NewFile("merge")];

        Assert.Equal(3, files.Distinct().Count());
        Assert.All(files, file => Assert.Equal(spill.Path, Path.GetDirectoryName(file)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    public void NewFile_refuses_a_hint_that_is_no_plain_name(string hint)
    {
        using SpillFolder folder = new();
        using SpillDirectory spill = SpillDirectory.Open(folder.Path);

        Assert.Throws<ArgumentException>(() => spill.NewFile(hint));
    }

    [Fact]
    public void Dispose_removes_its_files_and_the_root_it_made()
    {
        using SpillFolder folder = new();
        SpillDirectory spill = SpillDirectory.Open(folder.At("a", "b"));
        File.WriteAllText(spill.NewFile("map"), "spilled");

        spill.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Throws<ObjectDisposedException>(() => spill.NewFile("map"));
    }

    [Fact]
    public void Dispose_leaves_a_root_that_was_there_before()
    {
        using SpillFolder folder = new();

        SpillDirectory.Open(folder.Path).Dispose();

        Assert.True(Directory.Exists(folder.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    /// <summary>Creates and removes locked directories while a neighbour does its worst.</summary>
    /// <returns>How often the directory was made.</returns>
    private static async Task<int> CreateAgainst(Action neighbour, Func<int, string> path)
    {
        using CancellationTokenSource done = new();
        Task against = Task.Run(() => Repeat(neighbour, done.Token));

        int made = await Task.Run(() => Enumerable.Range(0, 2000).Count(number => Create(path(number))))
            .WaitAsync(TimeSpan.FromSeconds(60));
        await done.CancelAsync();
        await against.WaitAsync(TimeSpan.FromSeconds(20));
        return made;
    }

    private static bool Create(string directory)
    {
        bool isMade = DirectoryLock.TryCreate(directory, out DirectoryLock? held);
        Assert.True(
            !isMade || File.Exists(Path.Combine(directory, DirectoryLock.FileName)), "A lock is held that is lost.");
        held?.DisposeAndRemove();
        return isMade;
    }

    private static void Repeat(Action step, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                step();
            }
            catch (IOException)
            {
                // What it was about to touch is gone, or somebody is in it.
            }
        }
    }

    private static void OpenAndClose(string root, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using SpillDirectory spill = SpillDirectory.Open(root);
            string file = spill.NewFile("round");
            File.WriteAllText(file, i.ToString(CultureInfo.InvariantCulture));
            Thread.Yield();
            Assert.True(File.Exists(file), "A neighbour took a living directory for a leftover.");
        }
    }
}
