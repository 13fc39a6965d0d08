namespace Sluice.Sorting.Tests;

public class DirectoryLockTests
{
    // As NFS and FUSE do with what is deleted while it is open.
    [Theory]
    [InlineData(".nfs000000000000a1b200000001")]
    [InlineData(".fuse_hidden0000000200000001")]
    public async Task A_directory_goes_when_the_file_system_has_deleted_what_was_deleted_in_it(string name)
    {
        using SpillFolder folder = new();
        string directory = folder.At("held");
        Assert.True(DirectoryLock.TryCreate(directory, out DirectoryLock? held));
        string deleted = Path.Combine(directory, name);
        File.WriteAllText(deleted, "deleted");

        Task removed = Task.Run(held.DisposeAndRemove);
        bool lockGone = SpinWait.SpinUntil(
            () => !File.Exists(Path.Combine(directory, DirectoryLock.FileName)), TimeSpan.FromSeconds(20));
        File.Delete(deleted);
        await removed;

        Assert.True(lockGone);
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public void A_directory_with_a_file_of_somebody_else_stays()
    {
        using SpillFolder folder = new();
        string directory = folder.At("held");
        Assert.True(DirectoryLock.TryCreate(directory, out DirectoryLock? held));
        File.WriteAllText(Path.Combine(directory, "mine"), "mine");

        held.DisposeAndRemove();

        Assert.Equal([Path.Combine(directory, "mine")], Directory.GetFileSystemEntries(directory));
    }
}
