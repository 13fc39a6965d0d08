using Sluice.Sorting;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

public sealed class PartFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void Records_and_their_line_feeds_are_written_behind_each_other(int seed)
    {
        const int SegmentSize = 1024;
        using TestPool pool = new(4, SegmentSize);
        Random random = new(seed);
        using MemoryStream expected = new();
        string path = _folder.Write("out/part", "");
        using (PartFile part = PartFile.Create(path, pool.Task, 4, DiskWait.None, CancellationToken.None))
        {
            for (int record = 0; record < 400; record++)
            {
                // Some leave no room, or that of one byte, in their segment; some cross several.
                int rest = SegmentSize - (int)(expected.Length % SegmentSize);
                byte[] bytes = new byte[random.Next(4) switch
                {
                    0 => rest,
                    1 => rest - 1,
                    2 => random.Next(3 * SegmentSize),
                    _ => random.Next(20),
                }];
                random.NextBytes(bytes);
                expected.Write(bytes);
                if (random.Next(2) == 0)
                {
                    part.Write(bytes);
                }
                else
                {
                    part.Write(bytes, (byte)'\n');
                    expected.WriteByte((byte)'\n');
                }
            }

            part.Finish();
            Assert.Equal(expected.Length, part.Length);
        }

        Assert.Equal(expected.ToArray(), File.ReadAllBytes(path));
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public void A_part_that_is_given_up_and_cannot_be_deleted_does_not_hide_why()
    {
        using TestPool pool = new(2, 1024);
        string path = _folder.Write("out/part", "");
        PartFile part = PartFile.Create(path, pool.Task, 2, DiskWait.None, CancellationToken.None);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        part.Dispose();

        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public async Task A_part_that_is_given_up_does_not_wait_for_room_on_a_full_disk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an open file can be replaced.");
        const int Segments = 4;
        const int SegmentSize = 4096;
        using TestPool pool = new(Segments, SegmentSize);
        DiskWait wait = new(TimeSpan.FromMinutes(10));
        string path = _folder.Write("out/part", "");
        PartFile part = PartFile.Create(path, pool.Task, Segments, wait, CancellationToken.None);
        FaultyFiles.Fill(path);

        // One batch of two: the other is still free to be filled.
        part.Write(new byte[SegmentSize * 5 / 2]);
        Assert.True(SpinWait.SpinUntil(() => wait.Current is not null, TimeSpan.FromSeconds(20)), "It had room.");
        await Task.Run(part.Dispose).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Null(wait.Current);
        Assert.Equal(0, pool.Lent);
        Assert.False(File.Exists(path), "It is left.");
    }
}
