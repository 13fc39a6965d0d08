namespace Sluice.Sorting.Tests;

public sealed class SpillDirectoriesTests
{
    [Fact]
    public void A_new_file_goes_where_most_room_is()
    {
        using SpillFolder folder = new();
        SpillDirectory small = SpillDirectory.Open(folder.At("small"));
        SpillDirectory large = SpillDirectory.Open(folder.At("large"));
        Dictionary<SpillDirectory, long> free = new() { [small] = 10, [large] = 20 };
        using SpillDirectories directories = new([small, large], directory => free[directory]);

        using StorageFile first = directories.CreateFile("map");
        free[large] = 5;
        using StorageFile second = directories.CreateFile("map");

        Assert.Equal(large.Path, Path.GetDirectoryName(first.Path));
        Assert.Equal(small.Path, Path.GetDirectoryName(second.Path));
    }

    [Fact]
    public void A_file_that_cannot_be_deleted_does_not_keep_its_owner_from_giving_back_the_rest()
    {
        using SpillFolder folder = new();
        using SpillDirectories directories = SpillDirectories.Open([folder.At("a")]);
        IStoredFile file = new SpillStore(directories).Create("run");

        // No right of a user deletes a directory as if it were a file.
        File.Delete(file.Path);
        Directory.CreateDirectory(file.Path);

        file.Dispose();

        Assert.True(Directory.Exists(file.Path));
    }

    [Fact]
    public void A_root_behind_a_link_lies_on_the_file_system_that_the_link_leads_to()
    {
        const string Elsewhere = "/dev/shm";
        Assert.SkipUnless(Directory.Exists(Elsewhere), "There is no other file system here.");
        using SpillFolder folder = new();
        Directory.CreateSymbolicLink(folder.At("link"), Elsewhere);

        Assert.Equal(DiskVolume.Of(Elsewhere), DiskVolume.Of(folder.At("link")));
        Assert.NotEqual(DiskVolume.Of(folder.At("")), DiskVolume.Of(folder.At("link")));
    }

    [Fact]
    public void FreeBytes_counts_a_file_system_once()
    {
        using SpillFolder folder = new();
        SpillDirectory a = SpillDirectory.Open(folder.At("a"));
        SpillDirectory b = SpillDirectory.Open(folder.At("b"));
        using SpillDirectories directories = new([a, b], _ => 1000);

        Assert.Equal(1000, directories.FreeBytes);
    }

    [Fact]
    public void Open_opens_a_root_once_that_is_named_twice()
    {
        using SpillFolder folder = new();

        using SpillDirectories directories = SpillDirectories.Open(
            [folder.At("a"), folder.At("b"), folder.At("b", "..", "a") + "/"]);

        Assert.Equal(2, directories.All.Count);
        Assert.True(directories.FreeBytes > 0);
    }

    [Fact]
    public void Open_leaves_nothing_when_one_root_cannot_be_used()
    {
        using SpillFolder folder = new();
        File.WriteAllText(folder.At("file"), "");

        Assert.Throws<SpillDirectoryException>(
            () => SpillDirectories.Open([folder.At("good"), folder.At("file", "below")]));

        Assert.Equal([folder.At("file")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("/data/one/spill", "/data/one/")]
    [InlineData("/data/onetwo/spill", "/data/")]
    [InlineData("/data/one", "/data/one/")]
    [InlineData("/var/tmp", "/")]
    public void Volume_is_the_longest_mount_point_above_a_directory(string directory, string expected)
    {
        string volume = DiskVolume.Of(directory, ["/", "/data", "/data/one", "/proc"]);

        Assert.Equal(expected, volume);
    }
}
