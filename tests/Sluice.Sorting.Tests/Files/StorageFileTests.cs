using Sluice.Buffers;

namespace Sluice.Sorting.Tests;

public class StorageFileTests
{
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
        Assert.SkipUnless(
            firstPage == endPage || read[firstPage * StorageFile.PageSize] == 0, "This file system knows no holes.");
        expected.AsSpan(firstPage * StorageFile.PageSize, (endPage - firstPage) * StorageFile.PageSize).Clear();
        Assert.Equal(expected, read);
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
