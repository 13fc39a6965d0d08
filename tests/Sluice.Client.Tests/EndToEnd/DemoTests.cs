namespace Sluice.Client.Tests;

public sealed class DemoTests : ConsoleTest
{
    [Fact]
    public async Task Demo_proves_both_results_and_leaves_nothing()
    {
        ConsoleResult result = await Run("demo");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("checksum 7a0e0d4868cd4 is the generator's", result.Text, StringComparison.Ordinal);
        Assert.Contains("each with the count that a simple loop finds", result.Text, StringComparison.Ordinal);
        Assert.Contains("certificate over 1,000,000 records", result.Text, StringComparison.Ordinal);
        AssertNoSpill();
    }
}
