using System.Diagnostics;
using System.Globalization;
using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

public class StorageFileTests
{
    private const int Half = 32 * StorageFile.PageSize;
    private const string NoHoles = "This file system knows no holes.";

    [Fact]
    public void Whole_pages_and_odd_pieces_give_one_file()
    {
        using SpillFolder folder = new();
        using MemorySlab slab = new(8, 32 * 1024);
        Random random = new(3);
        using MemoryStream expected = new();
        string path = folder.At("file");
        using (StorageFile file = StorageFile.ToWrite(path, new WritePathChoice()))
        {
            for (int batch = 0; batch < 60; batch++)
            {
                List<ReadOnlyMemory<byte>> pieces = [];
                foreach (MemorySegment segment in slab.Segments)
                {
                    random.NextBytes(segment.Span);

                    // Mostly whole segments at whole pages; at times a piece that must take the other way, or none.
                    int length = batch % 7 == 6 ? random.Next(segment.Size) : segment.Size;
                    pieces.Add(segment.Memory[..length]);
                }

                long offset = expected.Length;
                file.Write(pieces, offset);
                pieces.ForEach(piece => expected.Write(piece.Span));
                if (batch % 7 == 6)
                {
                    int rest = (int)(-expected.Length & (StorageFile.PageSize - 1));
                    file.Write([new byte[rest]], expected.Length);
                    expected.Write(new byte[rest]);
                }
            }
        }

        Assert.Equal(expected.ToArray(), File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("CCCC")]
    [InlineData("DDDD")]
    [InlineData("CDDD")]
    [InlineData("DDDC")]
    [InlineData("DCDC")]
    public void Each_stretch_is_read_back_the_way_it_was_written(string ways)
    {
        const int Batch = 8 * 32 * 1024;
        using SpillFolder folder = new();
        using MemorySlab slab = new(16, 32 * 1024);
        WritePathChoice choice = new();
        byte[] expected = new byte[(1 << 20) + 100];
        new Random(5).NextBytes(expected);
        using StorageFile file = StorageFile.ToReadAgain(folder.At("file"), choice);
        MemorySegment[] segments = slab.Segments.ToArray();
        for (int batch = 0; batch < ways.Length; batch++)
        {
            Know(choice, cachedMilliseconds: ways[batch] == 'C' ? 1 : 40);
            int offset = batch * Batch;
            for (int i = 0; i < 8; i++)
            {
                expected.AsSpan(offset + (i * 32 * 1024), 32 * 1024).CopyTo(segments[i].Span);
            }

            file.Write([.. segments[..8].Select(segment => (ReadOnlyMemory<byte>)segment.Memory)], offset);
        }

        file.Write(expected.AsSpan(1 << 20), 1 << 20);

        // A disk that knows no other way than the cache is right, too.
        IEnumerable<bool> direct =
            Enumerable.Range(0, ways.Length).Select(batch => file.IsDirect(batch * Batch, Batch));
        Assert.True(!file.IsDirect(0, expected.Length) || direct.SequenceEqual(ways.Select(way => way == 'D')));
        using MemoryStream read = new();
        for (long count = 1, offset = 0; count > 0; offset += count)
        {
            // By turns many whole pages, and odd pieces at odd places.
            int pieces = offset % StorageFile.PageSize == 0 ? 11 : 1;
            int length = pieces == 1 ? (int)(-offset & (StorageFile.PageSize - 1)) : segments[0].Size;
            count = file.Read([.. segments[..pieces].Select(segment => segment.Memory[..length])], offset);
            if (pieces == 11 && read.Length < 500_000)
            {
                count = Math.Min(count, 300_001);
            }

            for (long left = count, i = 0; left > 0; left -= length, i++)
            {
                read.Write(segments[i].Span[..(int)Math.Min(left, length)]);
            }
        }

        Assert.Equal(expected, read.ToArray());
    }

    // Of a part of a page the kernel would have to read the rest, and what shares it may still be wanted.
    [Theory]
    [InlineData(0, 20 * StorageFile.PageSize, 0, 20)]
    [InlineData(1, 18 * StorageFile.PageSize, 1, 18)]
    [InlineData(StorageFile.PageSize, 18 * StorageFile.PageSize - 1, 1, 18)]
    [InlineData(StorageFile.PageSize - 1, 16 * StorageFile.PageSize + 1, 1, 17)]
    [InlineData(100, 16 * StorageFile.PageSize, 1, 1)]
    [InlineData(0, 15 * StorageFile.PageSize, 0, 0)]
    [InlineData(StorageFile.PageSize, 0, 1, 1)]
    public void Room_is_given_back_in_whole_pages(int offset, int length, int firstPage, int endPage)
    {
        using SpillFolder folder = new();
        byte[] expected = [.. Enumerable.Repeat((byte)7, 20 * StorageFile.PageSize)];
        using StorageFile file = StorageFile.ToReadAgain(folder.At("file"), new WritePathChoice());
        file.Write(expected, 0);

        file.Discard(offset, length);

        byte[] read = new byte[expected.Length];
        Assert.Equal(read.Length, file.Read(read, 0));
        Assert.SkipUnless(folder.KnowsHoles(), NoHoles);
        expected.AsSpan(firstPage * StorageFile.PageSize, (endPage - firstPage) * StorageFile.PageSize).Clear();
        Assert.Equal(expected, read);
    }

    [Fact]
    public void A_hole_that_would_wait_is_put_off_until_room_is_short()
    {
        double free = 0.5;
        WritePathChoice choice = new(() => free);
        WaitingHoles.On(choice);
        using SpillFolder folder = new();
        using StorageFile first = Filled(folder.At("first"), choice);
        using StorageFile second = Filled(folder.At("second"), choice);
        using StorageFile third = Filled(folder.At("third"), choice);

        first.Discard(0, Half);
        second.Discard(Half, Half);
        Assert.Equal(0, Zeros(first) + Zeros(second));

        free = 0.1;
        third.Discard(0, Half);
        Assert.SkipUnless(folder.KnowsHoles(), NoHoles);
        Assert.Equal((Half, Half, Half), (Zeros(first), Zeros(second), Zeros(third)));
    }

    [Fact]
    public void What_went_past_the_cache_is_given_back_at_once()
    {
        WritePathChoice choice = new();
        WaitingHoles.On(choice);
        Know(choice, cachedMilliseconds: 40);
        using SpillFolder folder = new();
        using MemorySlab slab = new(8, 32 * 1024);
        using StorageFile file = StorageFile.ToReadAgain(folder.At("file"), choice);
        foreach (MemorySegment segment in slab.Segments)
        {
            segment.Span.Fill(7);
        }

        file.Write([.. slab.Segments.ToArray().Select(segment => (ReadOnlyMemory<byte>)segment.Memory)], 0);
        Assert.SkipUnless(file.IsDirect(0, 2 * Half), "This file system knows no way past the cache.");
        Assert.SkipUnless(folder.KnowsHoles(), NoHoles);

        file.Discard(0, Half);

        Assert.Equal(Half, Zeros(file));
    }

    // As XFS keeps it for a file that grew. A file system in memory gives it back like XFS; ext4 never keeps any.
    [Fact]
    public void Room_kept_behind_its_end_is_given_back_when_a_file_is_finished()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "Needs a file system in memory at /dev/shm.");
        Assert.SkipUnless(File.Exists("/usr/bin/fallocate"), "Needs fallocate(1) to keep room behind a file's end.");
        using SpillFolder folder = new("/dev/shm");
        string path = folder.At("file");
        using StorageFile file = StorageFile.ToReadAgain(path, new WritePathChoice());
        file.Write(new byte[Half + 100], 0);
        Run("/usr/bin/fallocate", "--keep-size", "--offset", "0", "--length", $"{32 * Half}", path);
        Assert.Equal(32 * Half / 1024, KibibytesOnDisk(path));

        file.Finish(Half + 100);

        Assert.InRange(KibibytesOnDisk(path), Half / 1024, 2 * Half / 1024);
        Assert.Equal(Half + 100, new FileInfo(path).Length);
    }

    [Fact]
    public void A_file_that_is_gone_owes_no_room()
    {
        WritePathChoice choice = new();
        WaitingHoles.On(choice);
        using SpillFolder folder = new();
        using (StorageFile file = Filled(folder.At("file"), choice))
        {
            file.Discard(0, Half);
        }

        Assert.False(choice.Holes.GiveBack());
    }

    [Fact]
    public void A_full_disk_is_an_error_that_names_the_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using MemorySlab slab = new(8, 32 * 1024);
        using StorageFile file = StorageFile.ToWrite("/dev/full", new WritePathChoice());

        IOException thrown = Assert.Throws<IOException>(
            () => file.Write([.. slab.Segments.ToArray().Select(segment => (ReadOnlyMemory<byte>)segment.Memory)], 0));

        Assert.Contains("/dev/full", thrown.Message, StringComparison.Ordinal);
    }

    // A file of two halves, through the cache.
    private static StorageFile Filled(string path, WritePathChoice choice)
    {
        StorageFile file = StorageFile.ToReadAgain(path, choice);
        file.Write([.. Enumerable.Repeat((byte)7, 2 * Half)], 0);
        return file;
    }

    private static int Zeros(StorageFile file)
    {
        byte[] read = new byte[2 * Half];
        Assert.Equal(read.Length, file.Read(read, 0));
        return read.Count(item => item == 0);
    }

    private static long KibibytesOnDisk(string path) =>
        long.Parse(Run("/usr/bin/du", "-k", path).Split('\t')[0], CultureInfo.InvariantCulture);

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return printed;
    }

    // As if many writes had taken so long.
    private static void Know(WritePathChoice choice, int cachedMilliseconds)
    {
        for (int i = 0; i < 20; i++)
        {
            choice.Took(WritePath.Cached, 1 << 20, TimeSpan.FromMilliseconds(cachedMilliseconds));
            choice.Took(WritePath.Direct, 1 << 20, TimeSpan.FromMilliseconds(10));
        }
    }
}
