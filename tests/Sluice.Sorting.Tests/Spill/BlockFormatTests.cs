namespace Sluice.Sorting.Tests;

public class BlockFormatTests
{
    [Fact]
    public void Verify_finds_every_flipped_bit()
    {
        byte[] block = new byte[80];
        new Random(1).NextBytes(block);
        BlockFormat.Seal(block, 3);
        Assert.True(BlockFormat.Verify(block, 3, out _));

        for (int bit = 0; bit < block.Length * 8; bit++)
        {
            block[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(BlockFormat.Verify(block, 3, out string? damage), $"Bit {bit} goes unseen.");
            Assert.Contains("checksum", damage, StringComparison.Ordinal);
            block[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 6)]
    [InlineData((1 << 24) - 1, 1 << 24)]
    public void Verify_finds_a_whole_block_that_stands_elsewhere(int sealedAs, int readAs)
    {
        byte[] block = new byte[80];
        BlockFormat.Seal(block, sealedAs);

        Assert.False(BlockFormat.Verify(block, readAs, out string? damage));
        Assert.Equal($"expected block {readAs}, found block {sealedAs}", damage);
    }

    [Fact]
    public void Numbers_start_over_after_24_bits()
    {
        byte[] block = new byte[80];
        BlockFormat.Seal(block, (1 << 24) + 5);

        Assert.True(BlockFormat.Verify(block, (1 << 24) + 5, out _));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(79)]
    public void TryGetLength_refuses_a_block_that_is_cut(int available)
    {
        byte[] block = new byte[80];
        BlockFormat.Seal(block, 0);

        Assert.False(BlockFormat.TryGetLength(block.AsSpan(0, available), out _));
        Assert.True(BlockFormat.TryGetLength(block, out int length));
        Assert.Equal(80, length);
    }
}
