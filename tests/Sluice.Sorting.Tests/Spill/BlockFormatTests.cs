using System.Text;

namespace Sluice.Sorting.Tests;

public class BlockFormatTests
{
    [Fact]
    public void Checksum_is_crc32c() =>
        Assert.Equal(0xE3069283u, BlockFormat.Checksum(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Verify_finds_every_flipped_bit()
    {
        byte[] block = new byte[80];
        new Random(1).NextBytes(block);
        BlockFormat.Seal(block);
        Assert.True(BlockFormat.Verify(block, out _, out _));

        for (int bit = 0; bit < block.Length * 8; bit++)
        {
            block[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(BlockFormat.Verify(block, out uint expected, out uint found), $"Bit {bit} goes unseen.");
            Assert.NotEqual(expected, found);
            block[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(79)]
    public void TryGetLength_refuses_a_block_that_is_cut(int available)
    {
        byte[] block = new byte[80];
        BlockFormat.Seal(block);

        Assert.False(BlockFormat.TryGetLength(block.AsSpan(0, available), out _));
        Assert.True(BlockFormat.TryGetLength(block, out int length));
        Assert.Equal(80, length);
    }
}
