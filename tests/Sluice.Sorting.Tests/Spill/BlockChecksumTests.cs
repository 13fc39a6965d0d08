using System.Text;

namespace Sluice.Sorting.Tests;

public class BlockChecksumTests
{
    private delegate uint Way(uint before, ReadOnlySpan<byte> bytes);

    [Fact]
    public void It_is_crc32c() =>
        Assert.Equal(0xE3069283u, BlockFormat.Checksum(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void In_lanes_it_is_that_of_the_bits_whatever_the_length() => AssertOfBits(BlockChecksum.InLanes);

    [Fact]
    public void Folded_it_is_that_of_the_bits_whatever_the_length()
    {
        Assert.SkipUnless(CarrylessProduct.HasPairs, "This processor does not multiply pairs of words.");
        AssertOfBits(BlockChecksum.Folded);
    }

    [Fact]
    public void It_goes_on_where_it_was_left()
    {
        byte[] bytes = BytesOf(10_000);

        uint before = BlockFormat.Checksum(bytes.AsSpan(0, 3_100));

        Assert.Equal(BlockFormat.Checksum(bytes), BlockChecksum.Of(before, bytes.AsSpan(3_100)));
        Assert.Equal(BlockFormat.Checksum(bytes), BlockChecksum.InLanes(before, bytes.AsSpan(3_100)));
    }

    // Every rest behind whole steps, and behind whole lanes, at every place that a vector does not like.
    private static void AssertOfBits(Way way)
    {
        byte[] bytes = BytesOf((3 * 3072) + 50);
        IEnumerable<int> lengths = Enumerable.Range(0, 700).Concat([3071, 3072, 3073, 3080, 6143, 6144, 6151, 9216]);

        Assert.All(lengths, length =>
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(length % 37, length);
            Assert.Equal(ByBits(0, part), way(0, part));
            Assert.Equal(ByBits(0xDEADBEEF, part), way(0xDEADBEEF, part));
        });
    }

    private static byte[] BytesOf(int length)
    {
        byte[] bytes = new byte[length];
        new Random(4).NextBytes(bytes);
        return bytes;
    }

    // The polynomial's definition, bit by bit.
    private static uint ByBits(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        foreach (byte next in bytes)
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        return ~crc;
    }
}
