namespace Sluice.Sorting.Tests;

/// <summary>Sums of two words carry and borrow as those of 128 bits do.</summary>
public sealed class Hash128Tests
{
    [Fact]
    public void AddsAndSubtractsModulo2To128()
    {
        Random random = new(1);
        UInt128[] numbers =
        [
            0, 1, ulong.MaxValue, (UInt128)ulong.MaxValue + 1, UInt128.MaxValue,
            .. Enumerable.Range(0, 50).Select(_ => new UInt128((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1)),
        ];
        foreach (UInt128 left in numbers)
        {
            foreach (UInt128 right in numbers)
            {
                Assert.Equal(unchecked(left + right), (Hash128)left + right);
                Assert.Equal(unchecked(left - right), (Hash128)left - right);
            }

            Assert.Equal(left.ToString("x32", null), ((Hash128)left).ToString());
        }
    }
}
