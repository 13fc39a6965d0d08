using System.Text.Json;

namespace Sluice.Client.Tests;

public sealed class GenTests : ConsoleTest
{
    [Theory]
    [InlineData("1", false, "9ea593a0")]
    [InlineData("1000", false, "1ea6370b955")]
    [InlineData("1000000", false, "7a0e0d4868cd4")]
    [InlineData("1", true, "3fcaea0a")]
    [InlineData("1000", true, "1f5dfb3631a")]
    [InlineData("1000000", true, "7a19cff467438")]
    public async Task Gensort_has_the_public_generators_sums(string records, bool ascii, string checksum)
    {
        string[] options = ascii ? ["--ascii"] : [];

        ConsoleResult made = await Run(
            ["gen", "gensort", "--records", records, "--out", "in", "-o", "json", .. options]);
        ConsoleResult read = await Run("verify", "sort", "in", "--format", "gensort", "-o", "json");

        Assert.Equal(("sluice.generated/1", checksum), SchemaAndChecksum(made));
        Assert.Equal(("sluice.verification/1", checksum), SchemaAndChecksum(read));
    }

    [Fact]
    public async Task Words_with_the_same_seed_are_the_same_and_stream()
    {
        ConsoleResult first = await Run("gen", "words", "--records", "1000", "--seed", "7", "--out", "-");
        ConsoleResult second = await Run("gen", "words", "--records", "1000", "--seed", "7", "--out", "-");
        ConsoleResult other = await Run("gen", "words", "--records", "1000", "--seed", "8", "--out", "-");

        Assert.Equal(1000, first.Output.Count(b => b == '\n'));
        Assert.Equal(first.Output, second.Output);
        Assert.NotEqual(first.Output, other.Output);
    }

    private static (string? Schema, string? Checksum) SchemaAndChecksum(ConsoleResult result)
    {
        JsonElement root = JsonDocument.Parse(result.Output).RootElement;
        return (root.GetProperty("schema").GetString(), root.GetProperty("checksum").GetString());
    }
}
