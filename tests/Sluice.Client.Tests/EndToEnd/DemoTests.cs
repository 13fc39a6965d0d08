namespace Sluice.Client.Tests;

public sealed class DemoTests : ConsoleTest
{
    [Fact]
    public async Task Demo_proves_both_results_and_leaves_nothing()
    {
        ConsoleResult result = await Run("demo", "--memory", "32MiB");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("7a0e0d4868cd4 as generated", result.Error, StringComparison.Ordinal);
        Assert.Contains("every count", result.Error, StringComparison.Ordinal);
        Assert.Contains("certificate: 1,000,000 records", result.Text, StringComparison.Ordinal);
        AssertNoSpill();
    }
}
