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
        using (StorageFile file = new(path, FileMode.CreateNew))
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

    [Fact]
    public void A_full_disk_is_an_error_that_names_the_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using MemorySlab slab = new(8, 32 * 1024);
        using StorageFile file = new("/dev/full", FileMode.Open);

        IOException thrown = Assert.Throws<IOException>(
            () => file.Write([.. slab.Segments.ToArray().Select(segment => (ReadOnlyMemory<byte>)segment.Memory)], 0));

        Assert.Contains("/dev/full", thrown.Message, StringComparison.Ordinal);
    }
}
