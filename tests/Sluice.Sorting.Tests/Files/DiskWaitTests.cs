namespace Sluice.Sorting.Tests;

public class DiskWaitTests
{
    private const int NoSpace = 28;

    [Fact]
    public void A_write_is_repeated_until_there_is_room()
    {
        DiskWait wait = new(TimeSpan.FromMinutes(1));
        List<string?> seen = [];
        int tries = 0;

        wait.Run("here", () =>
        {
            seen.Add(wait.Current?.Path);
            if (++tries < 4)
            {
                throw new IOException("full", NoSpace);
            }
        }, CancellationToken.None);

        Assert.Equal([null, "here", "here", "here"], seen);
        Assert.Null(wait.Current);
        Assert.True(wait.Waited > TimeSpan.Zero);
    }

    [Fact]
    public void The_limit_ends_the_wait_with_the_disk_s_own_error()
    {
        DiskWait wait = new(TimeSpan.FromMilliseconds(100));
        int tries = 0;

        IOException thrown = Assert.Throws<IOException>(
            () => wait.Run("here", () => throw new IOException($"full {++tries}", NoSpace), CancellationToken.None));

        Assert.Equal($"full {tries}", thrown.Message);
        Assert.InRange(tries, 2, 10);
        Assert.Null(wait.Current);
    }

    [Fact]
    public void Without_a_limit_and_for_other_errors_nothing_is_repeated()
    {
        int tries = 0;
        Assert.Throws<IOException>(
            () => DiskWait.None.Run(
                "here", () => throw new IOException($"full {++tries}", NoSpace), CancellationToken.None));
        Assert.Throws<IOException>(() => new DiskWait(TimeSpan.FromMinutes(1)).Run(
            "here", () => throw new IOException($"broken {++tries}", 5), CancellationToken.None));

        Assert.Equal(2, tries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void A_full_disk_gets_the_room_that_was_not_given_back_before(int seconds)
    {
        using SpillFolder folder = new();
        WritePathChoice choice = WritePathChoice.OnVolume(folder.At("volume"), () => 1);
        WaitingHoles.On(choice);
        byte[] bytes = [.. Enumerable.Repeat((byte)7, 1 << 20)];
        using StorageFile file = StorageFile.ToReadAgain(folder.At("file"), choice);
        file.Write(bytes, 0);
        file.Discard(0, bytes.Length);
        int tries = 0;
        bool hasHoles = false;

        new DiskWait(TimeSpan.FromSeconds(seconds)).Run("here", () =>
        {
            _ = file.Read(bytes, 0);
            hasHoles = bytes[0] == 0;
            if (++tries == 1)
            {
                Assert.False(hasHoles);
                throw new IOException("full", NoSpace);
            }
        }, CancellationToken.None);

        Assert.Equal(2, tries);
        Assert.SkipUnless(hasHoles || folder.KnowsHoles(), "This file system knows no holes.");
        Assert.True(hasHoles);
    }

    [Fact]
    public void Cancellation_ends_the_wait()
    {
        using CancellationTokenSource cancel = new();
        DiskWait wait = new(TimeSpan.FromMinutes(10));

        Assert.ThrowsAny<OperationCanceledException>(() => wait.Run(
            "here",
            () =>
            {
                cancel.Cancel();
                throw new IOException("full", NoSpace);
            },
            cancel.Token));

        Assert.Null(wait.Current);
    }
}
