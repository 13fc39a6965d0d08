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

    [Theory]
    [InlineData("gensort")]
    [InlineData("words")]
    public async Task A_file_that_exists_is_refused_and_overwrite_replaces_it(string kind)
    {
        Write("in", "mine\n");
        Shell("ln -s in link");

        AssertFails(await Run("gen", kind, "--records", "1", "--out", "in"), 5, "SLU1201");
        AssertFails(await Run("gen", kind, "--records", "1", "--out", "link"), 5, "SLU1201");
        Assert.Equal("mine\n", File.ReadAllText(PathOf("in")));

        Assert.Equal(0, (await Run("gen", kind, "--records", "1", "--out", "in", "--overwrite")).ExitCode);
        Assert.NotEqual("mine\n", File.ReadAllText(PathOf("in")));
        Assert.Equal(0, (await Run("gen", kind, "--records", "1", "--out", "/dev/null")).ExitCode);
    }

    [Fact]
    public async Task A_directory_is_no_file_to_write()
    {
        Directory.CreateDirectory(PathOf("folder"));

        AssertFails(await Run("gen", "words", "--records", "1", "--out", "folder", "--overwrite"), 5, "SLU2202");
    }

    private static (string? Schema, string? Checksum) SchemaAndChecksum(ConsoleResult result)
    {
        JsonElement root = JsonDocument.Parse(result.Output).RootElement;
        return (root.GetProperty("schema").GetString(), root.GetProperty("checksum").GetString());
    }
}
