using System.Globalization;

namespace Sluice.Sorting.Tests;

public sealed class OpenFilesTests : IDisposable
{
    private const int Length = StorageFile.SmallestHole;
    private readonly SpillFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void More_files_than_may_be_open_are_written_and_read_by_turns()
    {
        OpenFiles all = new(3);
        StorageFile[] files = [.. Enumerable.Range(0, 10).Select(number => Create(all, number))];

        for (int round = 0; round < 4; round++)
        {
            for (int number = 0; number < files.Length; number++)
            {
                files[number].Write(BytesOf(number, round), round * Length);
                Assert.InRange(all.Count, 1, 3);
            }
        }

        for (int number = 0; number < files.Length; number++)
        {
            byte[] read = new byte[4 * Length];
            Assert.Equal(read.Length, files[number].Read(read, 0));
            Assert.Equal(Enumerable.Range(0, 4).SelectMany(round => BytesOf(number, round)), read);
        }

        Array.ForEach(files, file => file.Dispose());
        Assert.Equal(0, all.Count);
    }

    [Fact]
    public void The_longest_unused_is_closed_first()
    {
        OpenFiles all = new(2);
        using StorageFile first = Create(all, 0);
        using StorageFile second = Create(all, 1);
        first.Write(BytesOf(0, 0), 0);
        using StorageFile third = Create(all, 2);

        File.Delete(first.Path);
        File.Delete(second.Path);

        // Open still, the first one does not need its name; the second one was closed.
        Assert.Equal(Length, first.Read(new byte[Length], 0));
        Assert.Throws<FileNotFoundException>(() => second.Read(new byte[Length], 0));
        Assert.Equal(2, all.Count);
    }

    [Fact]
    public void A_file_that_is_gone_is_no_matter_for_who_gives_room_back()
    {
        OpenFiles all = new(1);
        using StorageFile first = Create(all, 0);
        using StorageFile second = Create(all, 1);
        File.Delete(first.Path);

        first.Discard(0, Length);

        Assert.Equal(1, all.Count);
    }

    [Fact]
    public void What_was_disposed_is_not_opened_again()
    {
        OpenFiles all = new(1);
        StorageFile file = Create(all, 0);
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Read(new byte[1], 0));
        Assert.Equal(0, all.Count);
    }

    [Fact]
    public void All_that_are_unused_are_closed_when_the_process_may_open_no_more()
    {
        OpenFiles all = new(10);
        StorageFile[] files = [.. Enumerable.Range(0, 4).Select(number => Create(all, number))];

        Assert.True(all.CloseIdle());
        Assert.Equal(0, all.Count);
        Assert.False(all.CloseIdle());
        Array.ForEach(files, file => file.Dispose());
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void Threads_read_what_was_written_whoever_closes_it(int seed)
    {
        OpenFiles all = new(2);
        StorageFile[] files = [.. Enumerable.Range(0, 6).Select(number => Create(all, number))];
        for (int number = 0; number < files.Length; number++)
        {
            files[number].Write(BytesOf(number, 0), 0);
        }

        Parallel.For(0, 4, worker =>
        {
            Random random = new((seed * 10) + worker);
            byte[] read = new byte[Length];
            for (int i = 0; i < 500; i++)
            {
                int number = random.Next(files.Length);
                Assert.Equal(Length, files[number].Read(read, 0));
                Assert.Equal(BytesOf(number, 0), read);
            }
        });

        Assert.InRange(all.Count, 1, 2);
        Array.ForEach(files, file => file.Dispose());
        Assert.Equal(0, all.Count);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void A_file_disposed_while_others_open_it_leaves_no_handle(int seed)
    {
        OpenFiles all = new(1);
        Random random = new(seed);
        for (int round = 0; round < 50; round++)
        {
            StorageFile file = Create(all, round);
            StorageFile other = Create(all, -round - 1);
            int spins = random.Next(2000);
            Parallel.Invoke(
                () => ReadUntilDisposed(file),
                () => ReadUntilDisposed(file),
                () =>
                {
                    Thread.SpinWait(spins);
                    file.Dispose();
                });
            other.Dispose();
        }

        Assert.Equal(0, all.Count);
    }

    private static void ReadUntilDisposed(StorageFile file)
    {
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                file.Read(new byte[1], 0);
            }
        }
        catch (ObjectDisposedException)
        {
            // As it should.
        }
    }

    private static byte[] BytesOf(int number, int round)
    {
        byte[] bytes = new byte[Length];
        new Random((number * 100) + round).NextBytes(bytes);
        return bytes;
    }

    private StorageFile Create(OpenFiles all, int number) => StorageFile.ToReadAgain(
        _folder.At(number.ToString(CultureInfo.InvariantCulture)), new WritePathChoice(), all);
}
