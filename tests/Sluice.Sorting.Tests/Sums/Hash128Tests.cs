namespace Sluice.Sorting.Tests;

/// <summary>Sums of two words carry and borrow as those of 128 bits do.</summary>
public sealed class Hash128Tests
{
    [Fact]
    public void Sums_and_differences_are_those_modulo_2_to_128()
    {
        Random random = new(1);
        UInt128[] numbers =
        [
            0, 1, ulong.MaxValue, (UInt128)ulong.MaxValue + 1, UInt128.MaxValue,
            .. Enumerable.Range(0, 50).Select(
                _ => new UInt128((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1)),
        ];
        foreach (UInt128 left in numbers)
        {
            foreach (UInt128 right in numbers)
            {
                Assert.Equal(unchecked(left + right), (Hash128)left + right);
                Assert.Equal(unchecked(left - right), (Hash128)left - right);
            }

            string digits = ((Hash128)left).ToString();
            Assert.Equal(left.ToString("x32", null), digits);
            Assert.Equal((Hash128)left, Hash128.Parse(digits));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("000000000000000000000000000000000")]
    [InlineData("-0000000000000000000000000000001")]
    [InlineData("g0000000000000000000000000000001")]
    public void Other_text_is_no_hash(string digits) => Assert.Throws<FormatException>(() => Hash128.Parse(digits));
}
