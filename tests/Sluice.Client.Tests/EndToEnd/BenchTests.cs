using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Client.Tests;

/// <summary>The built-in benchmark, small: what it measures is not looked at, that it measures is.</summary>
public sealed class BenchTests : ConsoleTest
{
    private static readonly string[] Small =
        ["bench", "shuffle", "--records", "20000", "--rounds", "2", "--parallelism", "2", "--memory", "16MiB"];

    [Fact]
    public async Task A_shuffle_is_measured_and_compared_with_itself_and_leaves_nothing()
    {
        ConsoleResult measured = await Run([.. Small, "-o", "json"]);
        JsonNode before = JsonNode.Parse(measured.Text)!;
        Write("before.json", measured.Text);

        // Whatever the machine does meanwhile, a thousandth of the speed is reached, and a thousandfold is not.
        Write("slow.json", Scaled(before, 0.001));
        Write("quick.json", Scaled(before, 1000));
        ConsoleResult better = await Run([.. Small, "--compare", PathOf("slow.json"), "--fail-over", "10%"]);
        ConsoleResult worse = await Run([.. Small, "--compare", PathOf("quick.json")]);

        Assert.Equal(
            ("sluice.bench/1", "shuffle", "local"),
            ((string?)before["schema"], (string?)before["benchmark"], (string?)before["where"]));
        Assert.Equal(
            (20_000, 2_000_000, 2, 2),
            ((int)before["records"]!, (int)before["bytes"]!, before["rounds"]!.AsArray().Count, (int)before["cores"]!));
        Assert.All(before["rounds"]!.AsArray(), round => Assert.True((double)round!["rowsPerSecond"]! > 0));
        Assert.Null(before["exchange"]);
        Assert.True(better.ExitCode == 0, better.Error);
        Assert.Contains("rows/s", better.Error, StringComparison.Ordinal);
        AssertFails(
            worse with
            {
                Output = [],
                Error = string.Join(
                    '\n',
                    worse.ErrorLines.SkipWhile(line => !line.StartsWith("error", StringComparison.Ordinal))),
            },
            7, "SLU2203");
        AssertNoSpill();
    }

    [Theory]
    [InlineData("bench sort", "SLU2003")]
    [InlineData("bench pool", "SLU2003")]
    [InlineData("bench", "SLU2006")]
    [InlineData("bench shuffle --records 0", "SLU2004")]
    [InlineData("bench shuffle --rounds many", "SLU2004")]
    [InlineData("bench shuffle --fail-over 10%", "SLU2006")]
    [InlineData("bench shuffle --compare missing.json", "SLU2204")]
    [InlineData("bench shuffle --compare wrong.json", "SLU2204")]
    [InlineData("bench shuffle --compare wrong.json --fail-over ten", "SLU2004")]
    public async Task A_wrong_call_is_told_before_anything_is_generated(string call, string code)
    {
        Write("wrong.json", """{"schema":"sluice.job/1"}""");

        AssertFails(await Run(call.Split(' ')), 2, code);
    }

    private static string Scaled(JsonNode measured, double by)
    {
        JsonNode scaled = measured.DeepClone();
        foreach (string rate in new[] { "rowsPerSecond", "reduceMegabytesPerSecond" })
        {
            scaled["median"]![rate] = (double)scaled["median"]![rate]! * by;
        }

        return scaled.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
