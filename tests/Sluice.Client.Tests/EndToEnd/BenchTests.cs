using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Client.Tests;

/// <summary>The built-in benchmarks, small: what it measures is not looked at, that it measures is.</summary>
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
        Write("slow.json", Scaled(before, 0.001, "rowsPerSecond", "reduceMegabytesPerSecond"));
        Write("quick.json", Scaled(before, 1000, "rowsPerSecond", "reduceMegabytesPerSecond"));
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
    [InlineData("bench sort --records 30001 --memory 4MiB --compress brotli", "recordsPerSecond")]
    [InlineData("bench pool", "requestsPerSecondOfAllThreads")]
    public async Task Parts_are_measured_and_compared_and_leave_nothing(string call, string rate)
    {
        string[] small = [.. call.Split(' '), "--parallelism", "2", "--rounds", "2"];
        ConsoleResult measured = await Run([.. small, "-o", "json"]);
        JsonNode before = JsonNode.Parse(measured.Text)!;
        Write("slow.json", Scaled(before, 0.001, rate));
        Write("quick.json", Scaled(before, 1000, rate));

        ConsoleResult better = await Run([.. small, "--compare", PathOf("slow.json"), "--fail-over", "99.9%"]);
        ConsoleResult worse = await Run([.. small, "--compare", PathOf("quick.json"), "-q"]);

        Assert.Equal(("sluice.bench/1", small[1]), ((string?)before["schema"], (string?)before["benchmark"]));
        Assert.Equal(2, before["rounds"]!.AsArray().Count);
        Assert.All(before["rounds"]!.AsArray(), round => Assert.True((double)round![rate]! > 0));
        Assert.True(better.ExitCode == 0, better.Error);
        Assert.Contains("MEDIAN", better.Text, StringComparison.OrdinalIgnoreCase);
        AssertFails(worse with { Output = [] }, 7, "SLU2203");
        AssertNoSpill();
    }

    [Fact]
    public async Task Tasks_that_are_measured_spill_and_merge()
    {
        ConsoleResult measured = await Run(
            [
                "bench", "sort", "--records", "60000", "--memory", "2MiB", "--parallelism", "2", "--rounds", "1", "-o",
                "json",
            ]);

        JsonNode round = JsonNode.Parse(measured.Text)!["rounds"]![0]!;
        Assert.True((long)round["spills"]! > 8, measured.Text);
        Assert.True((long)round["spilledBytes"]! > 6_000_000, measured.Text);
        Assert.True((double)round["mergeSeconds"]! > 0, measured.Text);
    }

    [Fact]
    public async Task What_was_measured_otherwise_is_not_compared()
    {
        string[] small = ["bench", "sort", "--rounds", "1", "--parallelism", "1", "--memory", "2MiB", "--records"];
        Write("before.json", (await Run([.. small, "1000", "-o", "json"])).Text);

        ConsoleResult others = await Run([.. small, "1001", "--compare", PathOf("before.json"), "-q"]);
        ConsoleResult another = await Run(["bench", "pool", "--compare", PathOf("before.json")]);

        AssertFails(others with { Output = [] }, 2, "SLU2204");
        Assert.Contains("1000 records", others.Error, StringComparison.Ordinal);
        AssertFails(another, 2, "SLU2204");
    }

    [Theory]
    [InlineData("bench", "SLU2006")]
    [InlineData("bench sort --records 0", "SLU2004")]
    [InlineData("bench sort --memory 64KiB", "SLU1301")]
    [InlineData("bench sort --memory 1000TiB", "SLU1302")]
    [InlineData("bench sort --compare wrong.json", "SLU2204")]
    [InlineData("bench pool --rounds none", "SLU2004")]
    [InlineData("bench pool --compare missing.json", "SLU1101", 4)]
    [InlineData("bench shuffle --records 0", "SLU2004")]
    [InlineData("bench shuffle --rounds many", "SLU2004")]
    [InlineData("bench shuffle --fail-over 10%", "SLU2006")]
    [InlineData("bench shuffle --compare missing.json", "SLU1101", 4)]
    [InlineData("bench shuffle --compare wrong.json", "SLU2204")]
    [InlineData("bench shuffle --compare wrong.json --fail-over ten", "SLU2004")]
    public async Task A_wrong_call_is_told_before_anything_is_generated(
        string call, string code, int exitCode = 2)
    {
        Write("wrong.json", """{"schema":"sluice.job/1"}""");

        AssertFails(await Run(call.Split(' ')), exitCode, code);
    }

    private static string Scaled(JsonNode measured, double by, params string[] rates)
    {
        JsonNode scaled = measured.DeepClone();
        foreach (string rate in rates)
        {
            scaled["median"]![rate] = (double)scaled["median"]![rate]! * by;
        }

        return scaled.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
