using System.Runtime.Intrinsics.X86;

namespace Sluice.Client.Tests;

public sealed class Crc32Tests
{
    [Fact]
    public void Compute_gives_the_check_value_of_the_standard()
    {
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
        Assert.Equal(0u, Crc32.Compute([]));
    }

    [Fact]
    public void Both_ways_agree_with_division_bit_by_bit_at_every_length()
    {
        byte[] bytes = RandomBytes(seed: 1, length: 400);

        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> message = bytes.AsSpan(0, length);
            uint expected = DivideBitByBit(message);

            Assert.Equal(expected, Crc32.Compute(message));
            Assert.Equal(expected, Crc32.AppendByTables(0, message));
            if (Pclmulqdq.IsSupported && length >= 16)
            {
                Assert.Equal(expected, Crc32.AppendByFolding(0, message));
            }
        }
    }

    [Fact]
    public void Append_goes_on_where_another_left_off()
    {
        byte[] bytes = RandomBytes(seed: 2, length: 300);
        uint whole = Crc32.Compute(bytes);

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32.Append(Crc32.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    private static uint DivideBitByBit(ReadOnlySpan<byte> message)
    {
        uint state = uint.MaxValue;
        foreach (byte b in message)
        {
            state ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0xEDB88320;
            }
        }

        return ~state;
    }

    private static byte[] RandomBytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
