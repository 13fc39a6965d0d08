namespace Sluice.Buffers.Tests;

public class VarIntTests
{
    [Theory]
    [InlineData(0u, 1)]
    [InlineData(127u, 1)]
    [InlineData(128u, 2)]
    [InlineData(0x0FFFFFFFu, 4)]
    [InlineData(0x10000000u, 5)]
    [InlineData(uint.MaxValue, 5)]
    public void What_was_written_is_read_and_no_shorter_start_of_it_is_a_number(uint value, int length)
    {
        byte[] bytes = new byte[VarInt.MaximumSize32];

        Assert.Equal(length, VarInt.Write(bytes, value));
        Assert.Equal(length, VarInt.Read(bytes, out uint read));
        Assert.Equal(value, read);
        Assert.All(
            Enumerable.Range(0, length), start => Assert.Equal(0, VarInt.Read(bytes.AsSpan(0, start), out uint _)));
    }

    [Fact]
    public void Bits_beyond_32_are_refused_whichever_they_are()
    {
        for (int last = 0x10; last <= 0xFF; last++)
        {
            byte[] bytes = [0x80, 0x80, 0x80, 0x80, (byte)last, 0];

            Assert.Equal(VarInt.TooLong, VarInt.Read(bytes, out uint _));
            Assert.Equal(VarInt.TooLong, VarInt.Read(bytes.AsSpan(0, 5), out uint _));
        }
    }
}
